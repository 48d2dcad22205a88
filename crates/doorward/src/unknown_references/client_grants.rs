//! Client grants that have no effect on sign-ins.

use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, ClientGrantPatch, FindClientRequest, ObjectKind, SubjectType, TenantChange,
    UserAccess,
};

use super::{Registry, find_api};
use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

/// Returns one line for each client grant of the file whose API does not exist, or requires another subject type.
pub(super) async fn without_effect(
    registry: &mut Registry,
    wanted: &ApplyTenantRequest,
    changes: &[TenantChange],
) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    for grant in &wanted.client_grants {
        let ClientGrantPatch {
            client, audience, ..
        } = grant;
        match user_access(registry, wanted, audience).await? {
            None => lines.push(format!(
                "clientGrants[{client}]: there is no API {audience:?}"
            )),
            Some(UserAccess::RequireClientGrant)
                if !is_for_users(grant)
                    && !has_one_for_users(registry, wanted, changes, grant).await? =>
            {
                lines.push(format!(
                    "clientGrants[{client}]: the API {audience:?} is closed to sign-ins of this application; \
                     that needs a grant with subject_type: user"
                ));
            }
            Some(_) => {}
        }
    }
    Ok(lines)
}

/// The API's `user_access` once the file is applied. `None`: there is no such API.
async fn user_access(
    registry: &mut Registry,
    wanted: &ApplyTenantRequest,
    audience: &str,
) -> Result<Option<UserAccess>, Error> {
    let mut patches = wanted.resource_servers.iter();
    let patch = patches.find(|api| api.identifier == audience);
    if let Some(patch) = patch.filter(|patch| patch.user_access.is_some()) {
        return Ok(Some(patch.user_access()));
    }
    let found = find_api(registry, audience).await?;
    let of_a_new_one = patch.map(|_| UserAccess::AllowAll);
    Ok(found.map(|api| api.user_access()).or(of_a_new_one))
}

fn is_for_users(grant: &ClientGrantPatch) -> bool {
    grant.subject_type() == SubjectType::User
}

/// Whether the same application has a grant for users, in the file or in the registry.
async fn has_one_for_users(
    registry: &mut Registry,
    wanted: &ApplyTenantRequest,
    changes: &[TenantChange],
    grant: &ClientGrantPatch,
) -> Result<bool, Error> {
    let client_id = |name: &str| client_id(wanted, changes, name);
    let is_same = |other: &ClientGrantPatch| {
        is_for_users(other)
            && other.audience == grant.audience
            && client_id(&other.client) == client_id(&grant.client)
    };
    if wanted.client_grants.iter().any(is_same) {
        return Ok(true);
    }
    let wanted_client = FindClientRequest {
        client_id: client_id(&grant.client),
    };
    let answer = registry.find_client(request(wanted_client)).await;
    let found = answer.map_err(Error::service(Service::ClientRegistry))?;
    let mut grants = found.into_inner().client_grants.into_iter();
    Ok(grants.any(|found| found.audience == grant.audience))
}

/// The id of an application that the file or the changes name. Any other name is taken for an id.
fn client_id(wanted: &ApplyTenantRequest, changes: &[TenantChange], name_or_id: &str) -> String {
    let mut patches = wanted.clients.iter();
    let patch = patches.find(|client| client.name == name_or_id);
    let in_file = patch.and_then(|client| client.client_id.clone());
    let change = changes
        .iter()
        .find(|change| change.kind() == ObjectKind::Client && change.name == name_or_id);
    let known = in_file.or(change.and_then(|change| change.id.clone()));
    known.unwrap_or_else(|| name_or_id.to_owned())
}
