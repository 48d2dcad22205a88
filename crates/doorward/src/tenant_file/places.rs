//! Where in the file a reference to an application stands. `client-registry` resolves these references, and names one
//! that leads nowhere by its own path.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use doorward_client_registry::domain::Entity;
use doorward_proto::client_registry::v1::{ClientGrantPatch, ConnectionPatch, CustomClaim};

use crate::document;

/// Places by the paths of `client-registry`.
#[derive(Debug, Default)]
pub(crate) struct Places {
    file: Option<PathBuf>,
    places: BTreeMap<String, String>,
}

impl Places {
    pub(super) fn add_connection(&mut self, patch: &ConnectionPatch, list: &document::Path) {
        let entity = Entity::connection(&patch.name);
        let clients = patch.enabled_clients.iter().flat_map(|list| &list.values);
        for index in 0..clients.count() {
            let field = format!("enabled_clients[{index}]");
            self.add(&entity, &field, &list.item(index));
        }
    }

    pub(super) fn add_client_grant(&mut self, patch: &ClientGrantPatch, place: &document::Path) {
        let entity = Entity::client_grant(&patch.client, &patch.audience);
        self.add(&entity, "client", place);
    }

    pub(super) fn add_custom_claim(
        &mut self,
        index: usize,
        claim: &CustomClaim,
        list: &document::Path,
    ) {
        for client in 0..claim.clients.len() {
            let field = format!("custom_claims[{index}].clients[{client}]");
            self.add(&Entity::tenant(), &field, &list.item(client));
        }
    }

    fn add(&mut self, entity: &Entity, field: &str, place: &document::Path) {
        let path = entity.invalid(field, "").field;
        self.places.insert(path, place.with_line());
    }

    /// Sets the file that messages name.
    pub(crate) fn set_file(&mut self, file: &Path) {
        self.file = Some(file.to_owned());
    }

    /// The place with its file, or the path itself.
    pub(crate) fn of(&self, path: &str) -> String {
        let place = self.places.get(path).map_or(path, String::as_str);
        match &self.file {
            Some(file) => format!("{}: {place}", file.display()),
            None => place.to_owned(),
        }
    }
}
