//! Finds the roles that a command names.

use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{ListRolesRequest, Role};
use doorward_service_kit::grpc::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

/// All roles, ordered by name.
pub(crate) async fn list_roles(
    identity: &mut IdentityServiceClient<Channel>,
) -> Result<Vec<Role>, Error> {
    let listed = identity
        .list_roles(request(ListRolesRequest { known_revision: 0 }))
        .await;
    let listed = listed.map_err(Error::service(Service::Identity))?;
    Ok(listed.into_inner().roles)
}

/// Finds each role by its id, or else by its name. `Err` has the texts that name no role.
pub(crate) fn choose_roles(roles: &[Role], wanted: &[String]) -> Result<Vec<Role>, Vec<String>> {
    let find = |text: &String| {
        let by_id = roles.iter().find(|role| role.id == *text);
        by_id.or_else(|| roles.iter().find(|role| role.name == *text))
    };
    let unknown = wanted.iter().filter(|text| find(text).is_none());
    let unknown: Vec<_> = unknown.collect();
    if unknown.is_empty() {
        Ok(wanted.iter().filter_map(find).cloned().collect())
    } else {
        Err(unknown.into_iter().cloned().collect())
    }
}

/// The names of the roles with these ids; an id without a role stands for itself.
pub(crate) fn names(roles: &[Role], ids: &[String]) -> Vec<String> {
    let name = |id: &String| {
        let role = roles.iter().find(|role| role.id == *id);
        role.map_or_else(|| id.clone(), |role| role.name.clone())
    };
    ids.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles() -> Vec<Role> {
        let role = |id: &str, name: &str| Role {
            id: id.to_owned(),
            name: name.to_owned(),
            ..Role::default()
        };
        vec![role("rol_a", "reader"), role("rol_b", "rol_a")]
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn roles_are_meant_by_id_or_name() {
        for (wanted, expected) in [
            (&[][..], &[][..]),
            (&["reader"], &["rol_a"]),
            (&["rol_a"], &["rol_a"]),
            (&["rol_b", "reader"], &["rol_b", "rol_a"]),
        ] {
            let chosen = choose_roles(&roles(), &texts(wanted)).unwrap();
            let ids: Vec<_> = chosen.into_iter().map(|role| role.id).collect();
            assert_eq!(ids, expected);
        }
        let unknown = choose_roles(&roles(), &texts(&["x", "reader", "y"]));
        assert_eq!(unknown.unwrap_err(), ["x", "y"]);
    }

    #[test]
    fn a_role_that_is_gone_is_named_by_its_id() {
        let named = names(&roles(), &texts(&["rol_gone", "rol_a"]));
        assert_eq!(named, ["rol_gone", "reader"]);
    }
}
