//! The organizations of the demo: the user is a member of the first one, and can be invited to the others.

use doorward_proto::organization::v1::AddMembersRequest;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_service_kit::grpc::Channel;
use serde::Serialize;

use super::DemoTenant;
use super::user::DemoUser;
use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

/// An organization in the settings of the application.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Organization {
    id: String,
    name: String,
    display_name: String,
}

impl Organization {
    pub(super) fn all(tenant: &DemoTenant) -> Vec<Self> {
        let organizations = tenant.file.organizations.iter();
        let organizations = organizations.map(|organization| Self {
            id: organization.id.clone().unwrap_or_default(),
            name: organization.name.clone(),
            display_name: organization.display_name.clone().unwrap_or_default(),
        });
        organizations.collect()
    }
}

/// Makes the demo user a member of an organization. Repeating it changes nothing.
pub(crate) async fn join(
    mut organizations: OrganizationServiceClient<Channel>,
    organization_id: &str,
    user: &DemoUser,
) -> Result<(), Error> {
    let membership = AddMembersRequest {
        organization_id: organization_id.to_owned(),
        user_ids: vec![user.user_id.clone()],
    };
    let added = organizations.add_members(request(membership)).await;
    added.map_err(Error::service(Service::Organization))?;
    Ok(())
}
