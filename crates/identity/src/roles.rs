//! Operations on roles, over the store.

use std::sync::Arc;

use doorward_service_kit::StoreError;

use crate::Error;
use crate::domain::{Role, RoleChange, RolePatch, refuse_repeated_roles};
use crate::store::Store;

#[derive(Debug)]
pub(crate) struct Roles {
    store: Arc<dyn Store>,
}

impl Roles {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Returns the revision, and all roles unless the revision is `known`.
    pub(crate) async fn list(&self, known: u64) -> Result<(u64, Vec<Role>), StoreError> {
        // The revision first: newer roles than it are only listed once more, older ones would stay.
        let revision = self.store.role_revision().await?;
        if revision == known {
            return Ok((revision, Vec::new()));
        }
        Ok((revision, self.store.list_roles().await?))
    }

    pub(crate) async fn apply(
        &self,
        patches: Vec<RolePatch>,
        dry_run: bool,
    ) -> Result<Vec<RoleChange>, Error> {
        refuse_repeated_roles(&patches)?;
        self.store.apply_roles(patches, dry_run).await
    }
}
