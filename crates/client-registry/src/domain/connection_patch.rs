//! Bringing a connection to a wanted state.

use std::collections::BTreeSet;

use doorward_proto::InvalidField;

use super::draft::{Draft, set_all};
use super::{ClientId, Connection, ConnectionId, ConnectionWithClients, Object, Strategy, rule};

const MAX_NAME: usize = 128;
const MAX_PASSWORD_LENGTH: u32 = 128;

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
