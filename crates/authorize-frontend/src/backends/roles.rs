//! Roles, cached: silent authentication never waits for `identity`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use doorward_proto::identity::v1::Role;
use doorward_service_kit::Shutdown;

use super::{BackendError, Identity};

const REFRESH: Duration = Duration::from_secs(1);

/// The roles by their ids.
type ById = BTreeMap<String, Role>;

#[derive(Debug, Clone)]
pub(crate) struct Roles {
    identity: Identity,
    known: Arc<RwLock<Known>>,
}

/// The revision, 0 before the first response of `identity`, and the roles.
type Known = (u64, Arc<ById>);

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
        let known = self.with(role_ids).await?;
        let roles = role_ids.iter().filter_map(|id| known.get(id));
        Ok(roles
            .flat_map(|role| &role.permissions)
            .filter(|permission| permission.resource_server_identifier == audience)
            .map(|permission| permission.permission_name.clone())
            .collect())
    }

    /// The names of these roles, in alphabetical order. *Cannot tell* as for [`Self::permissions`].
    pub(crate) async fn names(&self, role_ids: &[String]) -> Result<Vec<String>, BackendError> {
        let known = self.with(role_ids).await?;
        let roles = role_ids.iter().filter_map(|id| known.get(id));
        let names: BTreeSet<_> = roles.map(|role| role.name.clone()).collect();
        Ok(names.into_iter().collect())
    }

    /// The known roles, these among them unless they are gone.
    async fn with(&self, role_ids: &[String]) -> Result<Arc<ById>, BackendError> {
        // An unknown role is new: ignoring it would be a false *no*.
        let (_, known) = self.known();
        if !role_ids.iter().all(|id| known.contains_key(id)) {
            self.refresh().await?;
        }
        Ok(self.known().1)
    }

    async fn refresh(&self) -> Result<(), BackendError> {
        let (known_revision, _) = self.known();
        if let Some((revision, roles)) = self.identity.roles(known_revision).await? {
            let roles = roles.into_iter().map(|role| (role.id.clone(), role));
            let roles = Arc::new(roles.collect());
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = (revision, roles);
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
