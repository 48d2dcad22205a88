//! Roles, which `identity` keeps.

use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{ApplyRolesRequest, RoleChange, RolePatch};
use doorward_service_kit::grpc::Channel;

use super::Change;
use crate::commands::request;
use crate::error::Error;
use crate::service::Service;
use crate::target::Deployment;

#[derive(Debug)]
pub(super) struct Roles {
    /// `None` without roles.
    client: Option<IdentityServiceClient<Channel>>,
    pub(super) patches: Vec<RolePatch>,
}

impl Roles {
    pub(super) async fn of(
        patches: Vec<RolePatch>,
        deployment: &Deployment,
    ) -> Result<Self, Error> {
        let client = if patches.is_empty() {
            None
        } else {
            Some(deployment.identity().await?)
        };
        Ok(Self { client, patches })
    }

    pub(super) async fn apply(&self, dry_run: bool) -> Result<Vec<String>, Error> {
        let Some(mut client) = self.client.clone() else {
            return Ok(Vec::new());
        };
        let wanted = request(ApplyRolesRequest {
            roles: self.patches.clone(),
            dry_run,
        });
        let applied = client.apply_roles(wanted).await;
        let applied = applied.map_err(Error::service(Service::Identity))?;
        let changes = applied.into_inner().changes.into_iter();
        let lines = changes.map(|change| Change::from(change).line(dry_run));
        Ok(lines.collect())
    }
}

impl From<RoleChange> for Change {
    fn from(change: RoleChange) -> Self {
        Self {
            created: change.created,
            fields: change.fields,
            ..Self::new("role", &change.name, &change.id)
        }
    }
}
