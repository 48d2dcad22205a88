//! Domain types to messages.

use doorward_proto::organization::v1 as wire;

use crate::domain::{
    Branding, Change, Client, Connection, DiscoveryDomain, Member, Organization, Settings,
};

impl From<Organization> for wire::Organization {
    fn from(organization: Organization) -> Self {
        let Settings {
            branding,
            metadata,
            third_party_clients_allowed,
            is_app_entitlement_active,
            clients,
        } = organization.settings;
        Self {
            id: organization.id.to_string(),
            name: organization.name.as_str().to_owned(),
            display_name: organization.display_name,
            branding: (branding != Branding::default()).then(|| branding.into()),
            metadata: metadata.0.into_iter().collect(),
            connections: all(organization.connections),
            third_party_clients_allowed,
            discovery_domains: all(organization.discovery_domains),
            is_app_entitlement_active,
            clients: all(clients),
        }
    }
}

/// Converts every entry of a list.
pub(crate) fn all<T, M: From<T>>(entries: Vec<T>) -> Vec<M> {
    entries.into_iter().map(Into::into).collect()
}

impl From<Branding> for wire::Branding {
    fn from(branding: Branding) -> Self {
        Self {
            logo_url: branding.logo_url,
            primary_color: branding.primary_color,
            page_background_color: branding.page_background_color,
        }
    }
}

impl From<Connection> for wire::OrganizationConnection {
    fn from(connection: Connection) -> Self {
        Self {
            name: connection.name,
            assign_membership_on_login: connection.assign_membership_on_login,
            is_signup_enabled: connection.is_signup_enabled,
            show_as_button: connection.show_as_button,
            is_enabled: connection.is_enabled,
        }
    }
}

impl From<DiscoveryDomain> for wire::DiscoveryDomain {
    fn from(domain: DiscoveryDomain) -> Self {
        Self {
            domain: domain.domain,
            verified: domain.verified,
            use_for_organization_discovery: domain.use_for_organization_discovery,
        }
    }
}

impl From<Client> for wire::OrganizationClient {
    fn from(client: Client) -> Self {
        Self {
            client_id: client.client_id,
            use_for_member_access: client.use_for_member_access,
        }
    }
}

impl From<Member> for wire::Member {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user.to_string(),
            role_ids: member.roles.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<Change> for wire::OrganizationChange {
    fn from(change: Change) -> Self {
        Self {
            name: change.organization.name.as_str().to_owned(),
            id: change.organization.id.to_string(),
            created: change.created,
            fields: change.fields.into_iter().map(str::to_owned).collect(),
        }
    }
}
