//! The permissions of roles, cached: silent authentication never waits for `identity`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use doorward_proto::identity::v1::Permission;
use doorward_service_kit::Shutdown;

use super::{BackendError, Identity};

const REFRESH: Duration = Duration::from_secs(1);

/// The permissions of each role, by its id.
type Permissions = BTreeMap<String, Vec<Permission>>;

#[derive(Debug, Clone)]
pub(crate) struct Roles {
    identity: Identity,
    known: Arc<RwLock<Known>>,
}

/// The revision, 0 before the first response of `identity`, and the roles.
type Known = (u64, Arc<Permissions>);

impl Roles {
    pub(super) fn start(identity: Identity, shutdown: Shutdown) -> Self {
        let roles = Self {
            identity,
            known: Arc::default(),
        };
        let refreshed = roles.clone();
        tokio::spawn(shutdown.run_until_cancelled_owned(async move {
            loop {
                // An error is logged where it occurs; the cached roles stay.
                let _ = refreshed.refresh().await;
                tokio::time::sleep(REFRESH).await;
            }
        }));
        roles
    }

    /// The scopes of an API that these roles permit; none without roles. *Cannot tell* before the first response of
    /// `identity`.
    pub(crate) async fn permissions(
        &self,
        role_ids: &[String],
        audience: &str,
    ) -> Result<BTreeSet<String>, BackendError> {
        // An unknown role is new: ignoring it would be a false *no*.
        let (_, known) = self.known();
        if !role_ids.iter().all(|id| known.contains_key(id)) {
            self.refresh().await?;
        }
        let (_, known) = self.known();
        let permissions = role_ids.iter().filter_map(|id| known.get(id)).flatten();
        Ok(permissions
            .filter(|permission| permission.resource_server_identifier == audience)
            .map(|permission| permission.permission_name.clone())
            .collect())
    }

    async fn refresh(&self) -> Result<(), BackendError> {
        let (known_revision, _) = self.known();
        if let Some((revision, roles)) = self.identity.roles(known_revision).await? {
            let permissions = roles.into_iter().map(|role| (role.id, role.permissions));
            let permissions = Arc::new(permissions.collect());
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = (revision, permissions);
        }
        Ok(())
    }

    fn known(&self) -> Known {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
