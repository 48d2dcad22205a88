//! Connections: sources of users.

use std::collections::BTreeSet;

use doorward_proto::InvalidField;

use super::draft::{Draft, set_all};
use super::id::id;
use super::word::words;
use super::{ClientId, Object, rule};

const MAX_NAME: usize = 128;
const MAX_PASSWORD_LENGTH: u32 = 128;

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

/// What a connection shall be; absent fields stay, or get the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ConnectionPatch {
    pub id: Option<ConnectionId>,
    pub name: String,
    pub strategy: Option<Strategy>,
    pub disable_signup: Option<bool>,
    pub min_password_length: Option<u32>,
    /// Names or ids.
    pub enabled_clients: Option<Vec<String>>,
}

impl ConnectionPatch {
    /// Refuses what no connection may have.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let object = self.words();
        let id = self.id.as_ref().map(ConnectionId::as_str);
        let lengths = 1..=MAX_PASSWORD_LENGTH;
        object.check("id", id, rule::text(rule::ID_LENGTH))?;
        object.check("name", Some(&self.name), rule::name(MAX_NAME))?;
        object.check_range("min_password_length", self.min_password_length, lengths)
    }

    pub(super) fn words(&self) -> Object {
        Object::connection(&self.name)
    }

    pub(super) fn new_connection(&self) -> ConnectionWithClients {
        let id = self.id.clone().unwrap_or_else(ConnectionId::generate);
        ConnectionWithClients {
            connection: Connection::new(id, self.name.clone()),
            enabled_clients: BTreeSet::new(),
        }
    }

    /// `enabled_clients` are those of the patch, as ids.
    pub(super) fn apply(
        self,
        draft: &mut Draft<ConnectionWithClients>,
        enabled_clients: Option<BTreeSet<ClientId>>,
    ) -> Result<(), InvalidField> {
        let Draft { object, fields, .. } = draft;
        let connection = &mut object.connection;
        self.words()
            .check_unchanged("id", &connection.id, self.id.as_ref())?;
        set_all!(fields, connection, self: strategy, disable_signup, min_password_length);
        fields.set(
            "enabled_clients",
            &mut object.enabled_clients,
            enabled_clients,
        );
        Ok(())
    }
}
