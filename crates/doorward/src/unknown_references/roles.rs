//! Permissions that have no effect.

use std::collections::BTreeMap;

use doorward_proto::client_registry::v1::ApplyTenantRequest;
use doorward_proto::identity::v1::RolePatch;

use super::{Registry, find_api};
use crate::error::Error;

/// Returns one line for each permission of the file whose API or scope does not exist.
pub(super) async fn without_effect(
    registry: &mut Registry,
    wanted: &ApplyTenantRequest,
    roles: &[RolePatch],
) -> Result<Vec<String>, Error> {
    let mut known = BTreeMap::new();
    let mut lines = Vec::new();
    for role in roles {
        for permission in &role.permissions {
            let api = permission.resource_server_identifier.as_str();
            if !known.contains_key(api) {
                known.insert(api, scopes(registry, wanted, api).await?);
            }
            let scope = &permission.permission_name;
            let problem = match known.get(api).and_then(Option::as_ref) {
                None => format!("there is no API {api:?}"),
                Some(scopes) if !scopes.contains(scope) => {
                    format!("the API {api:?} has no scope {scope:?}")
                }
                Some(_) => continue,
            };
            lines.push(format!(
                "roles[{}].permissions[{scope}]: {problem}",
                role.name
            ));
        }
    }
    Ok(lines)
}

/// The scopes of an API once the file is applied. `None`: there is no such API.
async fn scopes(
    registry: &mut Registry,
    wanted: &ApplyTenantRequest,
    identifier: &str,
) -> Result<Option<Vec<String>>, Error> {
    let mut patches = wanted.resource_servers.iter();
    let patch = patches.find(|api| api.identifier == identifier);
    let scopes = match patch.filter(|patch| patch.replace_scopes) {
        Some(patch) => Some(patch.scopes.clone()),
        None => match find_api(registry, identifier).await? {
            Some(api) => Some(api.scopes),
            None => patch.map(|_| Vec::new()),
        },
    };
    Ok(scopes.map(|scopes| scopes.into_iter().map(|scope| scope.value).collect()))
}
