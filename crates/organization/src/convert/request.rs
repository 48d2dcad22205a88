//! Messages to domain types.

use doorward_proto::InvalidField;
use doorward_proto::organization::v1 as wire;
use doorward_proto::organization::v1::find_organization_request::Organization as Selected;
use doorward_proto::organization::v1::page::Start as WireStart;

use super::answer::all;
use crate::Error;
use crate::domain::{
    Branding, Client, Connection, DiscoveryDomain, Metadata, OrganizationId, OrganizationName,
    Page, Patch, Selector, Start,
};

/// Reads what selects an organization. `None` for a text that is no id or name: no organization has it.
pub(crate) fn selector(selected: Option<Selected>) -> Result<Option<Selector>, InvalidField> {
    match selected {
        Some(Selected::OrganizationId(id)) => {
            let id = OrganizationId::is_possible(&id).then(|| id.into());
            Ok(id.map(Selector::Id))
        }
        Some(Selected::Name(name)) => {
            let name = OrganizationName::parse(&name.to_ascii_lowercase());
            Ok(name.ok().map(Selector::Name))
        }
        None => Err(InvalidField::new("organization", "is missing")),
    }
}

/// The id of an organization that should exist.
pub(crate) fn organization_id(text: String) -> Result<OrganizationId, Error> {
    let is_possible = OrganizationId::is_possible(&text);
    let id = OrganizationId::from(text);
    if is_possible {
        Ok(id)
    } else {
        Err(Error::NotFound(id))
    }
}

impl TryFrom<Option<wire::Page>> for Page {
    type Error = InvalidField;

    fn try_from(page: Option<wire::Page>) -> Result<Self, InvalidField> {
        let page = page.unwrap_or_default();
        let start = match page.start {
            Some(WireStart::Number(number)) => Start::Number(number),
            Some(WireStart::From(key)) => Start::After(key),
            None => Start::After(String::new()),
        };
        Self::new(page.take, start)
    }
}

impl TryFrom<wire::OrganizationPatch> for Patch {
    type Error = InvalidField;

    fn try_from(patch: wire::OrganizationPatch) -> Result<Self, InvalidField> {
        let patch = Self {
            id: patch.id.map(Into::into),
            name: OrganizationName::parse(&patch.name)?,
            display_name: patch.display_name,
            branding: patch.branding.map(Into::into),
            metadata: patch
                .metadata
                .map(|metadata| Metadata(metadata.pairs.into_iter().collect())),
            connections: patch.connections.map(|list| all(list.connections)),
            third_party_clients_allowed: patch.third_party_clients_allowed,
            discovery_domains: patch.discovery_domains.map(|list| all(list.domains)),
            is_app_entitlement_active: patch.is_app_entitlement_active,
            clients: patch.clients.map(|list| all(list.clients)),
        };
        patch.check()
    }
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

impl From<wire::OrganizationConnection> for Connection {
    fn from(connection: wire::OrganizationConnection) -> Self {
        Self {
            name: connection.name,
            assign_membership_on_login: connection.assign_membership_on_login,
            is_signup_enabled: connection.is_signup_enabled,
            show_as_button: connection.show_as_button,
            is_enabled: connection.is_enabled,
        }
    }
}

impl From<wire::DiscoveryDomain> for DiscoveryDomain {
    fn from(domain: wire::DiscoveryDomain) -> Self {
        Self {
            domain: domain.domain,
            verified: domain.verified,
            use_for_organization_discovery: domain.use_for_organization_discovery,
        }
    }
}

impl From<wire::OrganizationClient> for Client {
    fn from(client: wire::OrganizationClient) -> Self {
        Self {
            client_id: client.client_id,
            use_for_member_access: client.use_for_member_access,
        }
    }
}
