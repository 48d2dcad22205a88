//! Messages to the model.

use doorward_proto::InvalidField;
use doorward_proto::organization::v1 as wire;

use crate::backends::convert::{non_empty, required_text};
use crate::model::{Branding, Member, Organization, OrganizationConnection};

impl TryFrom<wire::Organization> for Organization {
    type Error = InvalidField;

    fn try_from(organization: wire::Organization) -> Result<Self, Self::Error> {
        let name = required_text("name", organization.name)?;
        let connections = organization.connections.into_iter();
        Ok(Self {
            id: required_text("id", organization.id)?,
            display_name: non_empty(organization.display_name).unwrap_or_else(|| name.clone()),
            name,
            branding: organization
                .branding
                .map(Branding::from)
                .unwrap_or_default(),
            connections: connections
                .filter(|connection| connection.is_enabled)
                .map(OrganizationConnection::from)
                .collect(),
            third_party_clients_allowed: organization.third_party_clients_allowed,
            only_clients: organization
                .is_app_entitlement_active
                .then(|| listed(organization.clients)),
            metadata: organization.metadata.into_iter().collect(),
        })
    }
}

/// The clients by which members may sign in.
fn listed(clients: Vec<wire::OrganizationClient>) -> Vec<String> {
    let clients = clients
        .into_iter()
        .filter(|client| client.use_for_member_access);
    clients.map(|client| client.client_id).collect()
}

impl From<wire::Branding> for Branding {
    fn from(branding: wire::Branding) -> Self {
        Self {
            logo_url: branding.logo_url,
            primary_color: branding.primary_color,
            page_background_color: branding.page_background_color,
        }
    }
}

impl From<wire::OrganizationConnection> for OrganizationConnection {
    fn from(connection: wire::OrganizationConnection) -> Self {
        Self {
            name: connection.name,
            assign_membership_on_login: connection.assign_membership_on_login,
            is_signup_enabled: connection.is_signup_enabled,
        }
    }
}

impl From<wire::Member> for Member {
    fn from(member: wire::Member) -> Self {
        Self {
            role_ids: member.role_ids,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, name: &str, display_name: &str) -> wire::Organization {
        wire::Organization {
            id: id.to_owned(),
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            ..wire::Organization::default()
        }
    }

    #[test]
    fn an_organization_without_a_display_name_is_shown_by_its_name() {
        for (display_name, shown) in [("", "acme"), ("Acme Inc", "Acme Inc")] {
            let organization = Organization::try_from(message("org_a", "acme", display_name));
            assert_eq!(organization.unwrap().display_name, shown);
        }
        for (id, name, expected) in [
            ("", "acme", "id: is missing"),
            ("org_a", "", "name: is missing"),
        ] {
            let refused = Organization::try_from(message(id, name, "")).unwrap_err();
            assert_eq!(refused.to_string(), expected);
        }
    }

    #[test]
    fn only_listed_clients_count_while_the_list_is_in_use() {
        let client = |client_id: &str, use_for_member_access| wire::OrganizationClient {
            client_id: client_id.to_owned(),
            use_for_member_access,
        };
        let organization = |is_app_entitlement_active| {
            let message = wire::Organization {
                is_app_entitlement_active,
                clients: vec![client("a", true), client("b", false)],
                ..message("org_a", "acme", "")
            };
            Organization::try_from(message).unwrap()
        };
        for (is_active, client_id, expected) in [
            (true, "a", true),
            (true, "b", false),
            (true, "c", false),
            (false, "b", true),
            (false, "c", true),
        ] {
            let admits = organization(is_active).admits(client_id);
            assert_eq!(admits, expected, "{is_active} {client_id}");
        }
    }

    #[test]
    fn a_connection_that_is_switched_off_is_none() {
        let connection = |name: &str, is_enabled| wire::OrganizationConnection {
            name: name.to_owned(),
            is_enabled,
            ..wire::OrganizationConnection::default()
        };
        let organization = Organization::try_from(wire::Organization {
            connections: vec![connection("on", true), connection("off", false)],
            ..message("org_a", "acme", "")
        });
        let organization = organization.unwrap();
        assert!(organization.connection("on").is_some());
        assert!(organization.connection("off").is_none());
        assert!(organization.connection("").is_none());
    }
}
