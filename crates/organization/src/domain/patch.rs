//! Creates and changes organizations.

use std::collections::HashSet;

use doorward_proto::InvalidField;

use super::settings::check_clients;
use super::{
    Branding, Client, Connection, DiscoveryDomain, Metadata, Organization, OrganizationId,
    OrganizationName, check_connections, check_discovery_domains, rule,
};

/// An organization to create or change; absent fields stay unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "documented in organization.proto, field by field"
)]
pub struct Patch {
    pub id: Option<OrganizationId>,
    pub name: OrganizationName,
    pub display_name: Option<String>,
    pub branding: Option<Branding>,
    pub metadata: Option<Metadata>,
    pub connections: Option<Vec<Connection>>,
    pub third_party_clients_allowed: Option<bool>,
    pub discovery_domains: Option<Vec<DiscoveryDomain>>,
    pub is_app_entitlement_active: Option<bool>,
    pub clients: Option<Vec<Client>>,
}

/// An organization that is new or differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The resulting organization.
    pub organization: Organization,
    /// Whether it is new.
    pub created: bool,
    /// The changed fields of an existing organization, by their names in the tenant file.
    pub fields: Vec<&'static str>,
}

impl Patch {
    /// A patch that changes nothing but the name.
    #[must_use]
    pub fn new(id: Option<OrganizationId>, name: OrganizationName) -> Self {
        Self {
            id,
            name,
            display_name: None,
            branding: None,
            metadata: None,
            connections: None,
            third_party_clients_allowed: None,
            discovery_domains: None,
            is_app_entitlement_active: None,
            clients: None,
        }
    }

    /// Refuses invalid values, and brings the others into their stored form.
    pub fn check(mut self) -> Result<Self, InvalidField> {
        let name = self.name.as_str().to_owned();
        let invalid = |field: &str, problem: String| {
            InvalidField::new(format!("organization {name}: {field}"), problem)
        };
        if let Some(id) = &self.id {
            rule::key(id.as_str()).map_err(|problem| invalid("id", problem))?;
        }
        if let Some(text) = &self.display_name {
            rule::text(text).map_err(|problem| invalid("display_name", problem))?;
        }
        if let Some(metadata) = &self.metadata {
            let checked = metadata.check();
            checked.map_err(|problem| invalid("metadata", problem))?;
        }
        let branding = self.branding.map(Branding::check).transpose();
        self.branding = branding.map_err(|(field, problem)| invalid(field, problem))?;
        let connections = self.connections.map(check_connections).transpose();
        self.connections = connections.map_err(|problem| invalid("connections", problem))?;
        let domains = self.discovery_domains.map(check_discovery_domains);
        let domains = domains.transpose();
        self.discovery_domains =
            domains.map_err(|problem| invalid("discovery_domains", problem))?;
        let clients = self.clients.map(check_clients).transpose();
        self.clients = clients.map_err(|problem| invalid("clients", problem))?;
        Ok(self)
    }

    /// The change to `current`; `None` if nothing differs.
    #[must_use]
    pub fn change(self, current: Option<Organization>) -> Option<Change> {
        let created = current.is_none();
        let mut organization = current.unwrap_or_else(|| {
            let id = self.id.clone().unwrap_or_else(OrganizationId::generate);
            Organization::new(id, self.name.clone())
        });
        let fields = self.apply(&mut organization);
        (created || !fields.is_empty()).then(|| Change {
            organization,
            created,
            fields: if created { Vec::new() } else { fields },
        })
    }

    /// Sets the given fields. Returns the names of those that differed.
    fn apply(self, organization: &mut Organization) -> Vec<&'static str> {
        let settings = &mut organization.settings;
        let mut fields = Vec::new();
        let mut note = |field, differs: bool| {
            if differs {
                fields.push(field);
            }
        };
        note("name", set(&mut organization.name, Some(self.name)));
        let display_name = &mut organization.display_name;
        note("display_name", set(display_name, self.display_name));
        note("branding", set(&mut settings.branding, self.branding));
        note("metadata", set(&mut settings.metadata, self.metadata));
        let connections = &mut organization.connections;
        note("connections", set(connections, self.connections));
        let third_parties = &mut settings.third_party_clients_allowed;
        let differs = set(third_parties, self.third_party_clients_allowed);
        note("third_party_client_access", differs);
        let domains = &mut organization.discovery_domains;
        note("discovery_domains", set(domains, self.discovery_domains));
        let active = &mut settings.is_app_entitlement_active;
        let differs = set(active, self.is_app_entitlement_active);
        note("is_app_entitlement_active", differs);
        note("clients", set(&mut settings.clients, self.clients));
        fields
    }
}

/// Sets a value that is given. Returns whether it differed.
fn set<T: PartialEq>(current: &mut T, wanted: Option<T>) -> bool {
    match wanted {
        Some(wanted) if wanted != *current => {
            *current = wanted;
            true
        }
        _ => false,
    }
}

/// Refuses a list with one organization twice: the last would win, and every repeat would be a change.
pub fn check_distinct(patches: &[Patch]) -> Result<(), InvalidField> {
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for patch in patches {
        let name = patch.name.as_str();
        let id_is_new = patch.id.as_ref().is_none_or(|id| ids.insert(id.as_str()));
        if !names.insert(name) || !id_is_new {
            let object = format!("organization {name}");
            return Err(InvalidField::new(
                object,
                "the same organization is given twice",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
