//! `doorward import-users`: imports users with their ids and password hashes.

use std::fs;
use std::path::PathBuf;

use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{
    FindUserRequest, ImportUsersRequest, ImportUsersResponse, ImportedUser,
};
use doorward_service_kit::grpc::Channel;
use prost::Message;
use tonic::Status;

use super::{request, user};
use crate::choose_connection::choose_connection;
use crate::error::Error;
use crate::output::{say, warn};
use crate::service::Service;
use crate::target::{Deployment, Target};
use crate::users_file;

/// The largest number of users in one call.
const BATCH: usize = 1000;
/// The largest size of one call, below the 4 MiB of a gRPC message: the metadata of a user may be long.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

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
        warn(format_args!("{}: {line}", args.file.display()));
    }
    let calls = [Service::ClientRegistry, Service::Identity];
    let deployment = args.target.existing(&calls)?;
    let mut identity = deployment.identity().await?;
    let registry = deployment.registry().await?;
    let connection = choose_connection(registry, args.connection.as_deref())
        .await?
        .name;
    let mut sum = ImportUsersResponse::default();
    let mut rest = &file.users[..];
    while !rest.is_empty() {
        let (users, further) = rest.split_at(batch_length(rest));
        let batch = ImportUsersRequest {
            connection: connection.clone(),
            users: users.to_vec(),
        };
        let imported = identity.import_users(request(batch)).await;
        let done = file.users.len() - rest.len();
        let imported = imported.map_err(|status| failed_at(done, status))?;
        let imported = imported.into_inner();
        confirm(&deployment, &mut identity, &imported.sessions_ended).await?;
        sum = add(&sum, &imported);
        rest = further;
    }
    let ImportUsersResponse {
        created,
        updated,
        unchanged,
        ..
    } = sum;
    say(format_args!(
        "{created} created, {updated} changed, {unchanged} unchanged"
    ));
    Ok(())
}

/// Sends the users whose sessions have ended to `session`, one per call, because a user has no maximum size. Without
/// the address of `session` it does nothing: the frontends relay every change within about a second.
async fn confirm(
    deployment: &Deployment,
    identity: &mut IdentityServiceClient<Channel>,
    user_ids: &[String],
) -> Result<(), Error> {
    if user_ids.is_empty() || !deployment.reaches(Service::Session) {
        return Ok(());
    }
    let mut session = deployment.session().await?;
    for user_id in user_ids {
        let wanted = FindUserRequest {
            user_id: user_id.clone(),
        };
        let found = identity.find_user(request(wanted)).await;
        let found = found.map_err(Error::service(Service::Identity))?;
        if let Some(changed) = found.into_inner().user {
            user::confirm(&mut session, changed).await?;
        }
    }
    Ok(())
}

/// The number of users in the next call, at least 1.
fn batch_length(users: &[ImportedUser]) -> usize {
    let mut bytes = 0;
    let fitting = users.iter().take(BATCH).take_while(|user| {
        bytes += user.encoded_len();
        bytes <= BATCH_BYTES
    });
    fitting.count().max(1)
}

/// An error with the number of imported users. Each batch is a transaction, and a repeated import does no harm.
fn failed_at(done: usize, status: Status) -> Error {
    match (done, Error::service(Service::Identity)(status)) {
        (0, error) => error,
        (done, error) => {
            let so_far = format!("{error} (the first {done} users of the file were imported)");
            Error::Refused(so_far)
        }
    }
}

fn add(sum: &ImportUsersResponse, batch: &ImportUsersResponse) -> ImportUsersResponse {
    ImportUsersResponse {
        created: sum.created + batch.created,
        updated: sum.updated + batch.updated,
        unchanged: sum.unchanged + batch.unchanged,
        ..ImportUsersResponse::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(count: usize, bytes: usize) -> Vec<ImportedUser> {
        let user = ImportedUser {
            app_metadata_json: Some("x".repeat(bytes)),
            ..ImportedUser::default()
        };
        vec![user; count]
    }

    #[test]
    fn batches_fit_into_one_call() {
        for (users, expected) in [
            (users(3, 10), 3),
            (users(2500, 10), BATCH),
            (users(30, 100 * 1024), 20),
            (users(2, 3 * 1024 * 1024), 1),
        ] {
            assert_eq!(batch_length(&users), expected);
        }
    }
}
