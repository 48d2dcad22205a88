//! The files that a server imports before it serves.

use std::path::{Path, PathBuf};

use doorward_authorize_frontend::Channels;

use crate::apply_tenant::{Mode, apply};
use crate::apply_users::{apply_test_keys, apply_users};
use crate::commands::import::{self, Values};
use crate::commands::import_users;
use crate::error::Error;
use crate::target::Deployment;
use crate::tenant_file::TenantFile;
use crate::users_file::{Reader, UsersFile};

/// The options that name the files.
#[derive(Debug, clap::Args)]
pub(crate) struct Files {
    /// Tenant file to import before serving [default: tenant.yaml in the folder of --seed, if it exists]
    #[arg(long, value_name = "FILE")]
    tenant: Option<PathBuf>,
    /// User file to import before serving [default: users.json in the folder of --seed, if it exists]
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Folder with the files to import before serving
    #[arg(long, value_name = "DIR", default_value = "/etc/doorward")]
    seed: PathBuf,
    #[command(flatten)]
    values: Values,
}

/// The content of the files.
#[derive(Debug)]
pub(crate) struct Content {
    tenant: Option<TenantFile>,
    pub(crate) users: Option<UsersFile>,
}

impl Files {
    /// Reads the files that were named, and those in the folder.
    pub(crate) fn read(self, reader: Reader) -> Result<Content, Error> {
        let tenant = named_or_in(&self.seed, self.tenant, "tenant.yaml");
        let tenant = tenant.map(|path| import::read(&path, self.values));
        let users = named_or_in(&self.seed, self.users, "users.json");
        let users = users.map(|path| import_users::read(&path, reader));
        Ok(Content {
            tenant: tenant.transpose()?,
            users: users.transpose()?,
        })
    }
}

fn named_or_in(folder: &Path, named: Option<PathBuf>, name: &str) -> Option<PathBuf> {
    named.or_else(|| Some(folder.join(name)).filter(|path| path.exists()))
}

impl Content {
    /// Imports the files into the services of this process, and logs what has changed.
    pub(crate) async fn import(self, channels: &Channels) -> Result<(), Error> {
        let deployment = Deployment::embedded(channels);
        if let Some(tenant) = self.tenant {
            for change in apply(tenant, &deployment, Mode::default()).await? {
                tracing::info!("tenant file: {change}");
            }
        }
        if let Some(users) = self.users {
            let imported = apply_users(&users, None, &deployment).await?;
            apply_test_keys(&users, &deployment).await?;
            tracing::info!("user file: {}", import_users::summary(&imported));
        }
        Ok(())
    }
}
