//! `doorward import-users`: users with their ids and password hashes from elsewhere.

use std::fs;
use std::path::PathBuf;

use doorward_proto::identity::v1::{ImportUsersRequest, ImportUsersResponse};

use super::request;
use crate::choose_connection::choose_connection;
use crate::error::Error;
use crate::output::say;
use crate::target::Target;
use crate::users_file;

/// As many users as one call takes.
const BATCH: usize = 1000;

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
    let text = fs::read_to_string(&args.file).map_err(Error::file(&args.file))?;
    let file = users_file::parse(&text).map_err(Error::document(&args.file))?;
    for line in &file.ignored {
        eprintln!("warning: {}: {line}", args.file.display());
    }
    let mut identity = args.target.identity().await?;
    let registry = args.target.registry().await?;
    let connection = choose_connection(registry, args.connection.as_deref())
        .await?
        .name;
    let mut sum = ImportUsersResponse::default();
    for (index, users) in file.users.chunks(BATCH).enumerate() {
        let batch = ImportUsersRequest {
            connection: connection.clone(),
            users: users.to_vec(),
        };
        let imported = identity.import_users(request(batch)).await;
        let imported = imported
            .map_err(|status| failed_at(index * BATCH, Error::service("identity")(status)))?;
        sum = add(sum, *imported.get_ref());
    }
    let ImportUsersResponse {
        created,
        updated,
        unchanged,
    } = sum;
    say(format_args!(
        "{created} created, {updated} changed, {unchanged} unchanged"
    ));
    Ok(())
}

/// Says how far the import came: each batch is a transaction of its own, and running it again does no harm.
fn failed_at(done: usize, error: Error) -> Error {
    match (done, error) {
        (0, error) => error,
        (done, error) => Error::Refused(format!(
            "{error} (the first {done} users of the file were imported)"
        )),
    }
}

fn add(sum: ImportUsersResponse, batch: ImportUsersResponse) -> ImportUsersResponse {
    ImportUsersResponse {
        created: sum.created + batch.created,
        updated: sum.updated + batch.updated,
        unchanged: sum.unchanged + batch.unchanged,
    }
}
