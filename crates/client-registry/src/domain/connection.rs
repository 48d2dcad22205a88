//! Connections: sources of users.

use std::collections::BTreeSet;

use super::ClientId;
use super::id::id;
use super::word::words;

id! {
    /// `con_` and 16 letters and digits, or whatever a tenant file gave.
    ConnectionId = format!("con_{}", doorward_service_kit::alphanumeric(16))
}

words! {
    /// Where the users of a connection are.
    Strategy {
        /// In `identity`.
        #[default]
        Auth0 = "auth0",
    }
}

/// A source of users. What each field means stands in `client_registry.proto`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct Connection {
    pub id: ConnectionId,
    pub name: String,
    pub strategy: Strategy,
    pub disable_signup: bool,
    pub min_password_length: u32,
}

impl Connection {
    /// The connection that a tenant without any gets, as new Auth0 tenants do.
    pub const FIRST_NAME: &str = "Username-Password-Authentication";

    const MIN_PASSWORD_LENGTH: u32 = 8;

    /// A connection with every setting at its default.
    #[must_use]
    pub fn new(id: ConnectionId, name: String) -> Self {
        Self {
            id,
            name,
            strategy: Strategy::default(),
            disable_signup: false,
            min_password_length: Self::MIN_PASSWORD_LENGTH,
        }
    }
}

/// Sorts connections as sign-ins try them: the tenant's default first, then by name.
pub fn in_order_for(default_directory: &str, connections: &mut [Connection]) {
    connections.sort_by(|a, b| {
        let key = |connection: &Connection| connection.name != default_directory;
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
}

/// A connection and the applications that may use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionWithClients {
    /// The connection.
    pub connection: Connection,
    /// The applications.
    pub enabled_clients: BTreeSet<ClientId>,
}
