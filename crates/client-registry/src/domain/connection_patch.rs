//! Creating and changing connections.

use std::collections::BTreeSet;

use doorward_oauth2_types::auth0::ConnectionStrategy;
use doorward_proto::InvalidField;

use super::draft::{Draft, set_all};
use super::{ClientId, Connection, ConnectionId, ConnectionWithClients, Entity, rule};

const MAX_NAME: usize = 128;
const MAX_PASSWORD_LENGTH: u32 = 128;

/// Changes to a connection, found by its name. Absent fields keep their value or, in a new connection, get the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ConnectionPatch {
    pub id: Option<ConnectionId>,
    pub name: String,
    pub strategy: Option<ConnectionStrategy>,
    pub disable_signup: Option<bool>,
    pub min_password_length: Option<u32>,
    /// Names or ids.
    pub enabled_clients: Option<Vec<String>>,
}

impl ConnectionPatch {
    /// Checks the values that need no knowledge of the stored connection.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let entity = self.entity();
        let id = self.id.as_ref().map(ConnectionId::as_str);
        let lengths = 1..=MAX_PASSWORD_LENGTH;
        entity.check("id", id, rule::text(rule::ID_LENGTH))?;
        entity.check("name", Some(&self.name), rule::name(MAX_NAME))?;
        entity.check_range("min_password_length", self.min_password_length, lengths)
    }

    pub(super) fn entity(&self) -> Entity {
        Entity::connection(&self.name)
    }

    pub(super) fn new_connection(&self) -> ConnectionWithClients {
        let id = self.id.clone().unwrap_or_else(ConnectionId::generate);
        ConnectionWithClients {
            connection: Connection::new(id, self.name.clone()),
            enabled_clients: BTreeSet::new(),
        }
    }

    /// `enabled_clients` are the ids of the patch's `enabled_clients`, which may be names.
    pub(super) fn apply(
        self,
        draft: &mut Draft<ConnectionWithClients>,
        enabled_clients: Option<BTreeSet<ClientId>>,
    ) -> Result<(), InvalidField> {
        let Draft { object, fields, .. } = draft;
        let connection = &mut object.connection;
        self.entity()
            .check_unchanged("id", &connection.id, self.id.as_ref())?;
        set_all!(fields, connection.settings, self: strategy, disable_signup, min_password_length);
        fields.set(
            "enabled_clients",
            &mut object.enabled_clients,
            enabled_clients,
        );
        Ok(())
    }
}
