//! `doorward import-users`: imports users with their ids and password hashes.

use std::fs;
use std::path::{Path, PathBuf};

use doorward_proto::identity::v1::ImportUsersResponse;

use crate::apply_users::apply_users;
use crate::error::Error;
use crate::output::{say, warn};
use crate::service::Service;
use crate::target::Target;
use crate::users_file::{self, Reader, UsersFile};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// JSON file in the shape of Auth0's bulk import
    file: PathBuf,
    /// Connection that the users belong to; default: the tenant's default directory, or the only connection
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let file = read(&args.file, Reader::Import)?;
    let calls = [Service::ClientRegistry, Service::Identity];
    let deployment = args.target.existing(&calls)?;
    let imported = apply_users(&file, args.connection.as_deref(), &deployment).await?;
    say(summary(&imported));
    Ok(())
}

/// Reads a user file, and prints the keys that have no effect on standard error.
pub(crate) fn read(path: &Path, reader: Reader) -> Result<UsersFile, Error> {
    let text = fs::read_to_string(path).map_err(Error::file(path))?;
    let file = users_file::parse(&text, reader).map_err(Error::document(path))?;
    for line in &file.ignored {
        warn(format_args!("{}: {line}", path.display()));
    }
    Ok(file)
}

/// One line about an import.
pub(crate) fn summary(imported: &ImportUsersResponse) -> String {
    let ImportUsersResponse {
        created,
        updated,
        unchanged,
        ..
    } = imported;
    format!("{created} created, {updated} changed, {unchanged} unchanged")
}
