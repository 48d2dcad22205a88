//! Decides what must be written.

mod client_grants;
mod clients;
mod connections;
mod resource_servers;
#[cfg(test)]
mod tests;

use doorward_proto::InvalidField;

use super::{
    Client, ClientGrant, ConnectionWithClients, Content, Desired, Draft, ResourceServer, Tenant,
    custom_claim,
};
use crate::Error;

pub(super) use clients::References;

/// The objects that must be written: those that are new or differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The tenant's settings; `None` if they stay.
    pub tenant: Option<Draft<Tenant>>,
    /// Applications.
    pub clients: Vec<Draft<Client>>,
    /// APIs.
    pub resource_servers: Vec<Draft<ResourceServer>>,
    /// Client grants.
    pub client_grants: Vec<PlannedClientGrant>,
    /// Connections.
    pub connections: Vec<Draft<ConnectionWithClients>>,
    /// References to applications that do not exist, each with its field and problem.
    pub left_out: Vec<InvalidField>,
}

/// A client grant that must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedClientGrant {
    /// Name of the application, for messages.
    pub client_name: String,
    /// The client grant.
    pub draft: Draft<ClientGrant>,
}

/// Applies the desired changes to the content. Each patch was validated before.
pub fn plan(content: Content, desired: Desired) -> Result<Plan, Error> {
    let clients = clients::plan(content.clients, desired.clients)?;
    let mut references = References::new(&clients, desired.leave_out_unknown_clients);
    let mut tenant = Draft::existing(content.tenant);
    if let Some(mut patch) = desired.tenant {
        let claims = patch.custom_claims;
        let claims = claims.map(|claims| custom_claim::resolve_clients(claims, &mut references));
        patch.custom_claims = claims.transpose()?;
        patch.apply(&mut tenant);
    }
    let resource_servers =
        resource_servers::plan(content.resource_servers, desired.resource_servers)?;
    let client_grants = client_grants::plan(
        content.client_grants,
        desired.client_grants,
        &mut references,
    )?;
    let mut connections = connections::Connections::new(content.connections, &clients);
    if tenant.object.enable_client_connections {
        connections.enable_for_new_clients(&desired.connections);
    }
    connections.apply(desired.connections, &mut references)?;
    let connections = connections.finish();
    let left_out = references.into_left_out();
    Ok(Plan {
        left_out,
        tenant: Some(tenant).filter(Draft::differs),
        client_grants: client_grants::differing(client_grants, &clients),
        clients: differing(clients),
        resource_servers: differing(resource_servers),
        connections: differing(connections),
    })
}

fn differing<T>(mut drafts: Vec<Draft<T>>) -> Vec<Draft<T>> {
    drafts.retain(Draft::differs);
    drafts
}

impl Plan {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tenant.is_none()
            && self.clients.is_empty()
            && self.resource_servers.is_empty()
            && self.client_grants.is_empty()
            && self.connections.is_empty()
    }
}
