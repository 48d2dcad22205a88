//! Everything at once: what there is, and what is wanted.

use super::{
    Client, ClientGrant, ClientGrantPatch, ClientPatch, Connection, ConnectionPatch,
    ConnectionWithClients, ResourceServer, ResourceServerPatch, Tenant, TenantPatch,
};

/// Everything that the registry holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// The tenant's settings.
    pub tenant: Tenant,
    /// Applications.
    pub clients: Vec<Client>,
    /// APIs.
    pub resource_servers: Vec<ResourceServer>,
    /// Client grants.
    pub client_grants: Vec<ClientGrant>,
    /// Connections.
    pub connections: Vec<ConnectionWithClients>,
}

/// What the registry shall hold; whatever is not named here stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Absent: the settings stay.
    pub tenant: Option<TenantPatch>,
    /// Applications, found by id, else by name.
    pub clients: Vec<ClientPatch>,
    /// APIs, found by identifier.
    pub resource_servers: Vec<ResourceServerPatch>,
    /// Client grants, found by application, audience and subject type.
    pub client_grants: Vec<ClientGrantPatch>,
    /// Connections, found by name.
    pub connections: Vec<ConnectionPatch>,
}

/// An application, what it may sign users in with, and what it may ask for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundClient {
    /// The application.
    pub client: Client,
    /// Connections that are enabled for it, in the order of [`in_order_for`](super::in_order_for).
    pub connections: Vec<Connection>,
    /// Those of [`SubjectType::User`](super::SubjectType::User), ordered by audience.
    pub client_grants: Vec<ClientGrant>,
}
