//! Copies a data folder, also while a server runs on it.
//! The databases are copied one after the other, each as it is at one moment. A database that refers to another is
//! copied before it. So every user of a session or an organization is in the copy of `identity`, and every change of a
//! user that the copy of `session` lacks is in the outbox of `identity`. The server relays it when it starts on the
//! restored folder. In the reverse order `session` could be ahead of that outbox, and a user blocked later would stay
//! signed in.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use doorward_service_kit::sql::{back_up, check_backup};
use tempfile::{Builder, TempDir};

use crate::data_folder::{DataFolder, SERVER_LOCK};
use crate::error::Error;

const SESSIONS: &str = "session.db";
/// The databases, in the order in which they are copied.
const DATABASES: [&str; 5] = [
    SESSIONS,
    "organization.db",
    "identity.db",
    "client-registry.db",
    "token-signing.db",
];
/// Files that never change. Each is written before the database that needs it.
const FILES: [&str; 3] = ["token-signing.key", "organization.key", "demo-user.txt"];
/// Databases, the keys that they are of no use without, and what is encrypted by them.
const KEYS: [(&str, &str, &str); 2] = [
    ("token-signing.db", "token-signing.key", "the signing keys"),
    (
        "organization.db",
        "organization.key",
        "invitations and mails",
    ),
];
/// The file that is moved into place last. Every data folder has it, so where it exists, the copy is complete.
const LAST: &str = "client-registry.db";

/// Whether a restore keeps the sessions of the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sessions {
    Keep,
    LeaveOut,
}

/// Copies a data folder to `target`, completely or not at all. Returns the names of the files.
pub(crate) async fn create(data: &DataFolder, target: &Path) -> Result<Vec<&'static str>, Error> {
    refuse_unless_empty(target)?;
    let parent = parent(target)?;
    let staging = staging(&parent)?;
    let mut copied = Vec::new();
    for name in DATABASES {
        if data.file(name).exists() {
            back_up(&data.file(name), &staging.path().join(name)).await?;
            copied.push(name);
        }
    }
    for name in FILES {
        if data.file(name).exists() {
            copy_private(&data.file(name), &staging.path().join(name))?;
            copied.push(name);
        }
    }
    sync(staging.path())?;
    fs::rename(staging.path(), target).map_err(Error::file(target))?;
    // The folder has been renamed, so there is nothing to remove.
    let _ = staging.keep();
    sync(&parent)?;
    Ok(copied)
}

/// Copies a backup into an empty data folder. Returns the names of the files.
pub(crate) async fn restore(
    backup: &Path,
    data: &DataFolder,
    sessions: Sessions,
) -> Result<Vec<&'static str>, Error> {
    let _lock = data.lock()?;
    refuse_unless_empty(data.path())?;
    let backup = fs::canonicalize(backup).map_err(Error::file(backup))?;
    let mut found = check(&backup).await?;
    found.retain(|name| *name != SESSIONS || sessions == Sessions::Keep);
    let staging = staging(data.path())?;
    for name in &found {
        copy_private(&backup.join(name), &staging.path().join(name))?;
    }
    found.sort_by_key(|name| *name == LAST);
    for name in &found {
        let (from, to) = (staging.path().join(name), data.file(name));
        fs::rename(from, &to).map_err(Error::file(&to))?;
    }
    drop(staging);
    sync(data.path())?;
    Ok(found)
}

/// Checks that a backup is complete and intact. Returns the names of its files.
async fn check(backup: &Path) -> Result<Vec<&'static str>, Error> {
    let has = |name: &str| backup.join(name).exists();
    if !has(LAST) {
        return Err(Error::NoBackup(backup.to_owned()));
    }
    for (database, key, encrypted) in KEYS {
        if has(database) && !has(key) {
            let path = backup.join(key);
            return Err(Error::Refused(format!(
                "{}: missing; without it {encrypted} in {database} cannot be used",
                path.display()
            )));
        }
    }
    let mut found = Vec::new();
    for name in DATABASES.into_iter().filter(|name| has(name)) {
        refuse_log(backup, name)?;
        check_backup(&backup.join(name)).await?;
        found.push(name);
    }
    found.extend(FILES.into_iter().filter(|name| has(name)));
    Ok(found)
}

/// Refuses a plain copy of a data folder in use: the data in its `-wal` file would be lost.
fn refuse_log(backup: &Path, database: &str) -> Result<(), Error> {
    let log = backup.join(format!("{database}-wal"));
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let problem = "holds data that is not in the database yet; start doorward serve on this folder and stop it, \
                       or use doorward backup";
        return Err(Error::Refused(format!("{}: {problem}", log.display())));
    }
    Ok(())
}

fn copy_private(from: &Path, to: &Path) -> Result<(), Error> {
    let mut source = File::open(from).map_err(Error::file(from))?;
    let mut options = File::options();
    let options = options.create_new(true).write(true).mode(0o600);
    let mut copy = options.open(to).map_err(Error::file(to))?;
    io::copy(&mut source, &mut copy).map_err(Error::file(to))?;
    copy.sync_all().map_err(Error::file(to))
}

/// A folder for its owner only, in `parent` and so on its file system. Dropping the value removes it.
fn staging(parent: &Path) -> Result<TempDir, Error> {
    let staging = Builder::new()
        .prefix(".doorward-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(parent);
    staging.map_err(Error::file(parent))
}

/// The folder that holds `path`, as an absolute path.
fn parent(path: &Path) -> Result<PathBuf, Error> {
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::canonicalize(parent).map_err(Error::file(parent))
}

/// Writes the names in a folder to the disk; syncing a file does not.
fn sync(folder: &Path) -> Result<(), Error> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(Error::file(folder))
}

/// Refuses a path that exists, unless it is an empty folder.
fn refuse_unless_empty(folder: &Path) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(Error::file(folder))?,
    };
    for entry in entries {
        if entry.map_err(Error::file(folder))?.file_name() != SERVER_LOCK {
            return Err(Error::NotEmpty(folder.to_owned()));
        }
    }
    Ok(())
}
