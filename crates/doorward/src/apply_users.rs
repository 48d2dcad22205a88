//! Applies a user file to a deployment.

use std::collections::BTreeMap;

use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{
    FindUserRequest, ImportUsersRequest, ImportUsersResponse, ImportedUser, SetUserRolesRequest,
};
use doorward_proto::organization::v1::AddMembersRequest;
use doorward_service_kit::grpc::Channel;
use prost::Message;
use tonic::Status;

use crate::choose_connection::choose_connection;
use crate::choose_user::choose_user;
use crate::commands::{request, user};
use crate::error::Error;
use crate::service::Service;
use crate::target::Deployment;
use crate::users_file::{TestKeys, UsersFile};

/// The largest number of users in one call.
const BATCH: usize = 1000;
/// The largest size of one call, below the 4 MiB of a gRPC message: the metadata of a user may be long.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

/// Imports the users, each into the connection of its entry, or else into the given or default one.
pub(crate) async fn apply_users(
    file: &UsersFile,
    connection: Option<&str>,
    deployment: &Deployment,
) -> Result<ImportUsersResponse, Error> {
    let mut by_connection: BTreeMap<_, Vec<ImportedUser>> = BTreeMap::new();
    if connection.is_some() {
        // Must exist, even for a file without users.
        by_connection.entry(connection).or_default();
    }
    for (user, test_keys) in file.users.iter().zip(&file.test_keys) {
        let connection = test_keys.connection.as_deref().or(connection);
        by_connection
            .entry(connection)
            .or_default()
            .push(user.clone());
    }
    let mut sum = ImportUsersResponse::default();
    for (connection, users) in by_connection {
        let registry = deployment.registry().await?;
        let connection = choose_connection(registry, connection).await?.name;
        sum = add(&sum, &import(&connection, &users, deployment).await?);
    }
    Ok(sum)
}

/// Gives the users their roles and organizations.
pub(crate) async fn apply_test_keys(
    file: &UsersFile,
    deployment: &Deployment,
) -> Result<(), Error> {
    for (user, keys) in file.users.iter().zip(&file.test_keys) {
        if keys.roles.is_empty() && keys.organizations.is_empty() {
            continue;
        }
        let user_id = user_id(user, keys, deployment).await?;
        if !keys.roles.is_empty() {
            let wanted = SetUserRolesRequest {
                user_id: user_id.clone(),
                roles: keys.roles.clone(),
            };
            let set = deployment
                .identity()
                .await?
                .set_user_roles(request(wanted))
                .await;
            set.map_err(Error::service(Service::Identity))?;
        }
        for organization_id in &keys.organizations {
            let membership = AddMembersRequest {
                organization_id: organization_id.clone(),
                user_ids: vec![user_id.clone()],
            };
            let added = deployment
                .organization()
                .await?
                .add_members(request(membership))
                .await;
            added.map_err(Error::service(Service::Organization))?;
        }
    }
    Ok(())
}

async fn user_id(
    user: &ImportedUser,
    keys: &TestKeys,
    deployment: &Deployment,
) -> Result<String, Error> {
    if let Some(user_id) = &user.user_id {
        return Ok(user_id.clone());
    }
    let registry = deployment.registry().await?;
    let connection = choose_connection(registry, keys.connection.as_deref()).await?;
    let email = user
        .claims
        .as_ref()
        .and_then(|claims| claims.email.as_deref());
    let mut identity = deployment.identity().await?;
    let email = email.unwrap_or_default();
    let user = choose_user(&mut identity, email, Some(&connection.name)).await?;
    Ok(user.user_id)
}

async fn import(
    connection: &str,
    users: &[ImportedUser],
    deployment: &Deployment,
) -> Result<ImportUsersResponse, Error> {
    let mut identity = deployment.identity().await?;
    let mut sum = ImportUsersResponse::default();
    let mut rest = users;
    while !rest.is_empty() {
        let (batch, further) = rest.split_at(batch_length(rest));
        let batch = ImportUsersRequest {
            connection: connection.to_owned(),
            users: batch.to_vec(),
        };
        let imported = identity.import_users(request(batch)).await;
        let done = users.len() - rest.len();
        let imported = imported.map_err(|status| failed_at(done, status))?;
        let imported = imported.into_inner();
        confirm(deployment, &mut identity, &imported.sessions_ended).await?;
        sum = add(&sum, &imported);
        rest = further;
    }
    Ok(sum)
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
