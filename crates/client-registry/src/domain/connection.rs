//! Connections: sources of users.

use std::collections::BTreeSet;

use doorward_oauth2_types::auth0::ConnectionStrategy;
use serde::{Deserialize, Serialize};

use super::ClientId;
use super::id::id;

id! {
    /// `con_` and 16 letters and digits, or what the tenant file gave.
    ConnectionId = format!("con_{}", doorward_service_kit::alphanumeric(16))
}

/// A source of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Never changes.
    pub id: ConnectionId,
    /// Unique; never changes.
    pub name: String,
    /// Everything else.
    pub settings: ConnectionSettings,
}

/// Settings of a connection, stored as one JSON document. `client_registry.proto` says what each field means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ConnectionSettings {
    pub strategy: ConnectionStrategy,
    pub disable_signup: bool,
    pub min_password_length: u32,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            strategy: ConnectionStrategy::default(),
            disable_signup: false,
            min_password_length: 8,
        }
    }
}

impl Connection {
    /// The connection that a tenant without any gets, as new Auth0 tenants do.
    pub const FIRST_NAME: &str = "Username-Password-Authentication";

    /// A connection with every setting at its default.
    #[must_use]
    pub fn new(id: ConnectionId, name: String) -> Self {
        Self {
            id,
            name,
            settings: ConnectionSettings::default(),
        }
    }
}

/// Sorts connections as sign-ins try them: the tenant's default first, then by name.
pub fn in_order_for(default_directory: Option<&str>, connections: &mut [Connection]) {
    connections.sort_by(|a, b| {
        let key = |connection: &Connection| Some(connection.name.as_str()) != default_directory;
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
