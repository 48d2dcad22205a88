//! The stored content, and the desired changes.

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

/// The changes of a request; objects that it does not name stay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desired {
    /// `None`: the settings stay.
    pub tenant: Option<TenantPatch>,
    /// Applications, found by id, else by name.
    pub clients: Vec<ClientPatch>,
    /// APIs, found by identifier.
    pub resource_servers: Vec<ResourceServerPatch>,
    /// Client grants, found by application, audience and subject type.
    pub client_grants: Vec<ClientGrantPatch>,
    /// Connections, found by name.
    pub connections: Vec<ConnectionPatch>,
    /// Whether references to applications that do not exist are left out; otherwise they are an error.
    pub leave_out_unknown_clients: bool,
}

/// An application, its connections, and its client grants for users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundClient {
    /// The application.
    pub client: Client,
    /// Connections that are enabled for it, in the order of [`in_order_for`](super::in_order_for).
    pub connections: Vec<Connection>,
    /// Its client grants of subject type `user`, ordered by audience.
    pub client_grants: Vec<ClientGrant>,
}
