//! Applies a user file to a deployment.

use std::collections::BTreeMap;

use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{
    FindUserRequest, ImportUsersRequest, ImportUsersResponse, ImportedUser, SetUserRolesRequest,
};
use doorward_proto::organization::v1::AddMembersRequest;
use doorward_service_kit::grpc::Channel;
use prost::Message;
use tonic::{Code, Status};

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

/// The users of a file, for one connection each, in parts of one call.
#[derive(Debug)]
pub(crate) struct Batch {
    /// `None`: the default connection.
    pub(crate) connection: Option<String>,
    /// At most [`BATCH`] users.
    pub(crate) users: Vec<ImportedUser>,
}

/// Collects users until a call is full.
#[derive(Debug, Default)]
pub(crate) struct Batches(BTreeMap<Option<String>, (usize, Vec<ImportedUser>)>);

impl Batches {
    /// Adds a user. Returns the users of its connection when they fill a call.
    pub(crate) fn add(&mut self, connection: Option<String>, user: ImportedUser) -> Option<Batch> {
        let size = user.encoded_len();
        let (bytes, users) = self.0.entry(connection.clone()).or_default();
        let is_full = users.len() >= BATCH || (!users.is_empty() && *bytes + size > BATCH_BYTES);
        let full = is_full.then(|| {
            *bytes = 0;
            Batch {
                connection,
                users: std::mem::take(users),
            }
        });
        *bytes += size;
        users.push(user);
        full
    }

    /// The users that are left.
    pub(crate) fn rest(self) -> impl Iterator<Item = Batch> {
        let rest = self.0.into_iter();
        rest.map(|(connection, (_, users))| Batch { connection, users })
    }
}

/// The outcome of an import.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    /// The users that the service accepted.
    pub(crate) sum: ImportUsersResponse,
    /// Users that the service refused: address and reason.
    pub(crate) refused: Vec<(String, String)>,
}

/// Imports the users, each into the connection of its entry, or else into the given or default one. The first refused
/// user is an error.
pub(crate) async fn apply_users(
    file: &UsersFile,
    connection: Option<&str>,
    deployment: &Deployment,
) -> Result<ImportUsersResponse, Error> {
    let mut batches = Batches::default();
    let mut importer = Importer::new(connection, deployment).await?;
    for (user, keys) in file.users.iter().zip(&file.test_keys) {
        if let Some(batch) = batches.add(keys.connection.clone(), user.clone()) {
            importer.import(batch).await?;
        }
    }
    for batch in batches.rest() {
        importer.import(batch).await?;
    }
    let Imported { sum, refused } = importer.finish();
    match refused.into_iter().next() {
        Some((email, reason)) => Err(Error::Refused(format!("users[{email}]: {reason}"))),
        None => Ok(sum),
    }
}

/// Sends batches of users to `identity`.
#[derive(Debug)]
pub(crate) struct Importer<'a> {
    deployment: &'a Deployment,
    default: Option<&'a str>,
    /// The names of connections, by the names in the file.
    connections: BTreeMap<Option<String>, String>,
    imported: Imported,
}

impl<'a> Importer<'a> {
    /// The given connection must exist, even for a file without users.
    pub(crate) async fn new(
        connection: Option<&'a str>,
        deployment: &'a Deployment,
    ) -> Result<Self, Error> {
        let mut importer = Self {
            deployment,
            default: connection,
            connections: BTreeMap::new(),
            imported: Imported::default(),
        };
        if connection.is_some() {
            importer.connection(None).await?;
        }
        Ok(importer)
    }

    async fn connection(&mut self, given: Option<String>) -> Result<String, Error> {
        if let Some(known) = self.connections.get(&given) {
            return Ok(known.clone());
        }
        let registry = self.deployment.registry().await?;
        let wanted = given.as_deref().or(self.default);
        let name = choose_connection(registry, wanted).await?.name;
        self.connections.insert(given, name.clone());
        Ok(name)
    }

    /// Imports one batch. When the service refuses it because of one user, that user is found by halving, and the
    /// others are imported: a refused call changes nothing.
    pub(crate) async fn import(&mut self, batch: Batch) -> Result<(), Error> {
        let connection = self.connection(batch.connection).await?;
        let mut identity = self.deployment.identity().await?;
        let mut parts = vec![batch.users];
        while let Some(mut users) = parts.pop() {
            let wanted = request(ImportUsersRequest {
                connection: connection.clone(),
                users: users.clone(),
            });
            match identity.import_users(wanted).await {
                Ok(imported) => {
                    let imported = imported.into_inner();
                    confirm(self.deployment, &mut identity, &imported.sessions_ended).await?;
                    self.imported.sum = add(&self.imported.sum, &imported);
                }
                Err(status) if !is_about_a_user(&status) => {
                    return Err(failed_at(self.imported.count(), status));
                }
                Err(status) if users.len() == 1 => {
                    let reason = Error::service(Service::Identity)(status).to_string();
                    self.imported.refused.push((address(&users[0]), reason));
                }
                Err(_) => {
                    let second = users.split_off(users.len() / 2);
                    parts.extend([second, users]);
                }
            }
        }
        Ok(())
    }

    /// The number of users so far.
    pub(crate) fn count(&self) -> usize {
        self.imported.count()
    }

    pub(crate) fn finish(self) -> Imported {
        self.imported
    }
}

impl Imported {
    fn count(&self) -> usize {
        let sum = &self.sum;
        let accepted = sum.created + sum.updated + sum.unchanged;
        accepted as usize + self.refused.len()
    }
}

fn is_about_a_user(status: &Status) -> bool {
    matches!(status.code(), Code::InvalidArgument | Code::AlreadyExists)
}

fn address(user: &ImportedUser) -> String {
    let claims = user.claims.clone().unwrap_or_default();
    claims.email.unwrap_or_default()
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

/// An error with the number of imported users. Each batch is a transaction, and a repeated import does no harm.
fn failed_at(done: usize, status: Status) -> Error {
    match (done, Error::service(Service::Identity)(status)) {
        (0, error) => error,
        (done, error) => {
            let so_far = format!("{error} ({done} users were imported before)");
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
            (users(3, 10), vec![3]),
            (users(2500, 10), vec![BATCH, BATCH, 500]),
            (users(30, 100 * 1024), vec![20, 10]),
            (users(2, 3 * 1024 * 1024), vec![1, 1]),
            (Vec::new(), Vec::new()),
        ] {
            let mut batches = Batches::default();
            let full = users.into_iter().filter_map(|user| batches.add(None, user));
            let mut sizes: Vec<_> = full.map(|batch| batch.users.len()).collect();
            sizes.extend(batches.rest().map(|batch| batch.users.len()));
            assert_eq!(sizes, expected);
        }
    }
}
