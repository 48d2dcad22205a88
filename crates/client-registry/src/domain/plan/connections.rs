//! Connections, and which applications may use them.

use std::collections::BTreeSet;

use doorward_proto::InvalidField;

use super::clients::References;
use crate::Error;
use crate::domain::{
    Client, ClientId, Connection, ConnectionId, ConnectionPatch, ConnectionWithClients, Draft,
    Entity,
};

pub(super) struct Connections<'a> {
    drafts: Vec<Draft<ConnectionWithClients>>,
    clients: &'a [Draft<Client>],
}

impl<'a> Connections<'a> {
    pub(super) fn new(existing: Vec<ConnectionWithClients>, clients: &'a [Draft<Client>]) -> Self {
        Self {
            drafts: existing.into_iter().map(Draft::existing).collect(),
            clients,
        }
    }

    /// Enables the existing connections for new applications, except those whose `enabled_clients` the request sets.
    pub(super) fn enable_for_new_clients(&mut self, patches: &[ConnectionPatch]) {
        let created = self.clients.iter().filter(|client| client.created);
        let created: BTreeSet<_> = created
            .map(|client| client.object.client_id.clone())
            .collect();
        for Draft { object, fields, .. } in &mut self.drafts {
            let is_listed = |patch: &ConnectionPatch| {
                patch.name == object.connection.name && patch.enabled_clients.is_some()
            };
            if !patches.iter().any(is_listed) {
                let all = object.enabled_clients.union(&created).cloned().collect();
                fields.set("enabled_clients", &mut object.enabled_clients, Some(all));
            }
        }
    }

    pub(super) fn apply(
        &mut self,
        patches: Vec<ConnectionPatch>,
        references: &mut References<'_>,
    ) -> Result<(), Error> {
        for patch in patches {
            let entity = patch.entity();
            self.refuse_taken_id(&patch)?;
            let listed = patch.enabled_clients.as_deref();
            let enabled = listed
                .map(|listed| resolve(references, &entity, listed))
                .transpose()?;
            let draft = Draft::find_or_add(
                &mut self.drafts,
                |existing| existing.connection.name == patch.name,
                || patch.new_connection(),
            );
            draft.patch_once(&entity, "name")?;
            patch.apply(draft, enabled)?;
        }
        Ok(())
    }

    fn refuse_taken_id(&self, patch: &ConnectionPatch) -> Result<(), Error> {
        let Some(id) = &patch.id else { return Ok(()) };
        let has_it =
            |connection: &Connection| connection.id == *id && connection.name != patch.name;
        if self
            .drafts
            .iter()
            .any(|draft| has_it(&draft.object.connection))
        {
            return Err(Error::id_taken(&patch.entity(), id));
        }
        Ok(())
    }

    /// Adds the first connection to a tenant without any, for every application.
    pub(super) fn finish(mut self) -> Vec<Draft<ConnectionWithClients>> {
        if self.drafts.is_empty() {
            let name = Connection::FIRST_NAME.to_owned();
            let ids = self
                .clients
                .iter()
                .map(|draft| draft.object.client_id.clone());
            self.drafts.push(Draft::new(ConnectionWithClients {
                connection: Connection::new(ConnectionId::generate(), name),
                enabled_clients: ids.collect(),
            }));
        }
        self.drafts
    }
}

fn resolve(
    references: &mut References<'_>,
    entity: &Entity,
    listed: &[String],
) -> Result<BTreeSet<ClientId>, InvalidField> {
    let mut ids = BTreeSet::new();
    for (index, listed) in listed.iter().enumerate() {
        let field = format!("enabled_clients[{index}]");
        ids.extend(references.resolve(listed, entity, &field)?);
    }
    Ok(ids)
}
