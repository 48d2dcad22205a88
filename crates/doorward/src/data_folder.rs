//! A data folder: one SQLite file per service, and the services over them.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use doorward_authorize_frontend::{Channels, Issuer, Patience};
use doorward_service_kit::config::ConfigError;
use doorward_service_kit::grpc::{Channel, in_memory};
use doorward_service_kit::mail::Transport;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::{Clock, KeyEncryptionKey, Shutdown, StartError, open_private};
use doorward_token_signing::{Backdate, Custody, KeyKeeper, RotationConfig};
use tempfile::TempDir;

use crate::error::Error;
use crate::mail_options::MailOptions;
use crate::output::warn;
use crate::signing_options::SigningOptions;

/// The deadline of one call between services in one process, where only a busy machine delays a response.
const CALL: Duration = Duration::from_secs(1);

/// The file that the serving process locks.
pub(crate) const SERVER_LOCK: &str = "server.lock";

/// A file system in memory, which every Linux has. In a container it is the container's own.
const IN_MEMORY: &str = "/dev/shm";

/// The service with a database in every data folder, from the first import on.
const FIRST: &str = "client-registry";

/// The folder that `--data` names.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    /// Removes a scratch folder when dropped; `None` for other folders.
    _scratch: Option<TempDir>,
}

/// The lock of the process that serves from a data folder. The kernel releases it at any end of the process.
#[derive(Debug)]
pub(crate) struct ServerLock {
    _file: File,
}

impl DataFolder {
    /// Opens the folder, or creates it for its owner only.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(Error::file(path))?;
        Self::open(path)
    }

    /// Opens a folder that holds data. A mistyped name does not create a folder.
    pub(crate) fn existing(path: &Path) -> Result<Self, Error> {
        let database = path.join(database_name(FIRST));
        if !database.try_exists().map_err(Error::file(path))? {
            return Err(Error::NoData(path.to_owned()));
        }
        Self::open(path)
    }

    /// An empty folder. Dropping the value removes it.
    pub(crate) fn scratch() -> Result<Self, Error> {
        Self::scratch_in(&std::env::temp_dir())
    }

    /// An empty folder in memory, or else among temporary files. Dropping the value removes it.
    pub(crate) fn in_memory() -> Result<Self, Error> {
        Self::scratch_in(Path::new(IN_MEMORY)).or_else(|_| Self::scratch())
    }

    fn scratch_in(parent: &Path) -> Result<Self, Error> {
        let scratch = tempfile::Builder::new()
            .prefix(".doorward-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent);
        let scratch = scratch.map_err(Error::file(parent))?;
        let folder = Self::open(scratch.path())?;
        Ok(Self {
            _scratch: Some(scratch),
            ..folder
        })
    }

    fn open(path: &Path) -> Result<Self, Error> {
        // URLs of SQLite databases take absolute paths only, in UTF-8.
        let absolute = fs::canonicalize(path).map_err(Error::file(path))?;
        if absolute.to_str().is_none() {
            let problem = "the path of a data folder must be UTF-8";
            return Err(Error::Refused(format!("{}: {problem}", absolute.display())));
        }
        Ok(Self {
            path: absolute,
            _scratch: None,
        })
    }

    /// A copy in memory of a folder that no process uses. Dropping the value removes it.
    pub(crate) fn copy(&self) -> Result<Self, Error> {
        let copy = Self::in_memory()?;
        for entry in fs::read_dir(&self.path).map_err(Error::file(&self.path))? {
            let entry = entry.map_err(Error::file(&self.path))?;
            let (from, to) = (entry.path(), copy.path.join(entry.file_name()));
            fs::copy(&from, &to).map_err(Error::file(&to))?;
        }
        Ok(copy)
    }

    /// The path of a file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder itself, as an absolute path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Logs a warning if other users of the machine may enter the folder. They cannot read its files in any case.
    pub(crate) fn warn_if_others_may_enter(&self) {
        let path = self.path.display();
        let mode = fs::metadata(&self.path).map(|folder| folder.permissions().mode() & 0o777);
        if let Ok(mode) = mode
            && mode & 0o077 != 0
        {
            warn(format_args!(
                "other users of this machine may enter the data folder (mode {mode:o}); close it with: chmod 700 {path}"
            ));
        }
    }

    /// Takes the lock of the serving process.
    pub(crate) fn lock(&self) -> Result<ServerLock, Error> {
        let path = self.file(SERVER_LOCK);
        let file = open_private(&path).map_err(Error::file(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(ServerLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::FolderInUse(self.path.clone())),
            Err(TryLockError::Error(source)) => Err(Error::file(&path)(source)),
        }
    }

    fn database(&self, service: &str) -> DatabaseConfig {
        DatabaseConfig::sqlite(&self.file(&database_name(service)))
    }

    /// The client registry over this folder.
    pub(crate) async fn client_registry(&self, shutdown: &Shutdown) -> Result<Channel, StartError> {
        let store = doorward_client_registry::open(&self.database(FIRST)).await?;
        let routes = doorward_client_registry::routes(store, shutdown.clone());
        Ok(in_memory(routes, shutdown.clone()))
    }

    /// The identity service over this folder.
    pub(crate) async fn identity(
        &self,
        clock: Arc<dyn Clock>,
        shutdown: &Shutdown,
    ) -> Result<Channel, StartError> {
        let store = doorward_identity::open(&self.database("identity")).await?;
        let hashing = doorward_identity::HashingConfig::default();
        let routes = doorward_identity::routes(store, clock, &hashing, shutdown.clone());
        Ok(in_memory(routes, shutdown.clone()))
    }

    /// The session service over this folder.
    pub(crate) async fn session(
        &self,
        clock: Arc<dyn Clock>,
        shutdown: &Shutdown,
    ) -> Result<Channel, StartError> {
        let store = doorward_session::open_sqlite(
            &doorward_session::BudgetConfig::default(),
            &self.database("session"),
        )
        .await?;
        let routes = doorward_session::routes(store, clock);
        Ok(in_memory(routes, shutdown.clone()))
    }

    /// The organization service over this folder. It sends no mails.
    pub(crate) async fn organization(
        &self,
        clock: Arc<dyn Clock>,
        shutdown: &Shutdown,
    ) -> Result<Channel, StartError> {
        let stores = self.organizations().await?;
        let limits = doorward_organization::InvitationLimits::default();
        let routes = doorward_organization::routes(&stores, limits, clock);
        Ok(in_memory(routes, shutdown.clone()))
    }

    /// The organization service over this folder, which sends mails.
    async fn organization_with_mails(
        &self,
        transport: Transport,
        clock: Arc<dyn Clock>,
        shutdown: &Shutdown,
    ) -> Result<Channel, StartError> {
        let stores = self.organizations().await?;
        let worker = stores.mail_worker(transport, Arc::clone(&clock));
        worker.spawn(shutdown.clone());
        stores.spawn_cleaning(Arc::clone(&clock), shutdown.clone());
        let limits = doorward_organization::InvitationLimits::default();
        let routes = doorward_organization::routes(&stores, limits, clock);
        Ok(in_memory(routes, shutdown.clone()))
    }

    async fn organizations(&self) -> Result<doorward_organization::Stores, StartError> {
        let key = KeyEncryptionKey::create_file(&self.file("organization.key"));
        let key = key.map_err(|error| {
            StartError::Unusable("the invitations cannot be used", error.into())
        })?;
        let database = self.database("organization");
        doorward_organization::open(&database, Arc::new(key)).await
    }

    /// All services over this folder. The first start generates the signing keys.
    pub(crate) async fn services(
        &self,
        issuer: &Issuer,
        (mail, signing): (&MailOptions, &SigningOptions),
        clock: &Arc<dyn Clock>,
        shutdown: &Shutdown,
    ) -> Result<Channels, StartError> {
        let transport = mail.transport(self, issuer)?;
        // At the same time: the start of a server, and its return to a seed, wait for them.
        let (client_registry, identity, session, organization) = tokio::try_join!(
            self.client_registry(shutdown),
            self.identity(clock.clone(), shutdown),
            self.session(clock.clone(), shutdown),
            self.organization_with_mails(transport, clock.clone(), shutdown),
        )?;
        // Afterwards: generating keys keeps the thread, and the others would time out.
        let token_signing = self.token_signing(issuer, signing, clock, shutdown).await?;
        Ok(Channels {
            post_login_hook: None,
            client_registry,
            identity,
            session,
            organization,
            token_signing,
            patience: Patience {
                call: CALL,
                ..Patience::default()
            },
        })
    }

    async fn token_signing(
        &self,
        issuer: &Issuer,
        signing: &SigningOptions,
        clock: &Arc<dyn Clock>,
        shutdown: &Shutdown,
    ) -> Result<Channel, StartError> {
        let issuer = doorward_token_signing::Issuer::parse(issuer.as_str())
            .map_err(|error| ConfigError::invalid("issuer", error.to_string()))?;
        let keeper = self.key_keeper(Arc::clone(clock)).await?;
        let signing = signing.config();
        let keeper = keeper.with_algs(&signing);
        let backdate = Backdate::default();
        let routes =
            doorward_token_signing::start(keeper, issuer, backdate, &signing, shutdown).await;
        let routes = routes.map_err(unusable_keys)?;
        Ok(in_memory(routes, shutdown.clone()))
    }

    /// The service that changes signing keys over this folder. It signs nothing.
    pub(crate) async fn signing_keys(
        &self,
        clock: Arc<dyn Clock>,
        shutdown: &Shutdown,
    ) -> Result<Channel, StartError> {
        let routes = doorward_token_signing::key_routes(self.key_keeper(clock).await?);
        Ok(in_memory(routes, shutdown.clone()))
    }

    async fn key_keeper(&self, clock: Arc<dyn Clock>) -> Result<KeyKeeper, StartError> {
        let key = KeyEncryptionKey::create_file(&self.file("token-signing.key"))
            .map_err(|error| unusable_keys(error.into()))?;
        let store = doorward_token_signing::open(&self.database("token-signing")).await?;
        let rotation = RotationConfig::default();
        Ok(KeyKeeper::new(store, Custody::file(key), rotation, clock))
    }
}

fn unusable_keys(error: doorward_token_signing::Error) -> StartError {
    StartError::Unusable("the signing keys cannot be used", error.into())
}

fn database_name(service: &str) -> String {
    format!("{service}.db")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_new_folder_belongs_to_its_owner_alone() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        assert!(DataFolder::existing(&path).is_err());
        let folder = DataFolder::create(&path).unwrap();
        assert!(matches!(DataFolder::existing(&path), Err(Error::NoData(_))));
        fs::write(folder.file("client-registry.db"), "").unwrap();
        DataFolder::existing(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[tokio::test]
    async fn any_name_that_is_text_will_do() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["a b é", "a?b", "a#b", "a%20b"] {
            let path = parent.path().join(name);
            let folder = DataFolder::create(&path).unwrap();
            folder.client_registry(&Shutdown::new()).await.unwrap();
            DataFolder::existing(&path).unwrap();
        }
        let bytes = parent.path().join(OsStr::from_bytes(b"\xFF"));
        assert!(matches!(DataFolder::create(&bytes), Err(Error::Refused(_))));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 5);
    }

    #[test]
    fn a_copy_in_memory_is_private_and_goes_away() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::create(parent.path()).unwrap();
        fs::write(folder.file("identity.db"), "users").unwrap();
        let copy = folder.copy().unwrap();
        let path = copy.path().to_owned();
        assert_eq!(fs::read(path.join("identity.db")).unwrap(), b"users");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(copy);
        assert!(!path.exists());
        assert!(folder.file("identity.db").exists());
    }

    #[test]
    fn one_server_for_each_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::create(parent.path()).unwrap();
        let lock = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(Error::FolderInUse(_))));
        drop(lock);
        folder.lock().unwrap();
        let mode = fs::metadata(folder.file(SERVER_LOCK))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
