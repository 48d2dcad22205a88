//! Finds the organization that a command names.

use doorward_proto::organization::v1::find_organization_request::Organization as Selected;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{FindOrganizationRequest, Organization};
use doorward_service_kit::grpc::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

/// Finds the organization with that id, or else with that name. A text that is both means the id: ids never change.
pub(crate) async fn choose_organization(
    organizations: &mut OrganizationServiceClient<Channel>,
    id_or_name: &str,
) -> Result<Organization, Error> {
    for selected in [Selected::OrganizationId, Selected::Name] {
        let wanted = FindOrganizationRequest {
            organization: Some(selected(id_or_name.to_owned())),
            user_id: None,
        };
        let answer = organizations.find_organization(request(wanted)).await;
        let answer = answer.map_err(Error::service(Service::Organization))?;
        if let Some(organization) = answer.into_inner().organization {
            return Ok(organization);
        }
    }
    Err(Error::Refused(format!(
        "no organization found by that id or name: {id_or_name}"
    )))
}
