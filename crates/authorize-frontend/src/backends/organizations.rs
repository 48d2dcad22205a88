//! Organizations and their members.

use std::time::Duration;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    CheckMembershipRequest, FindOrganizationRequest, Organization,
};
use tonic::transport::Channel;

use super::BackendError;
use super::calls::Calls;

#[derive(Debug, Clone)]
pub(crate) struct Organizations {
    client: OrganizationServiceClient<Channel>,
    calls: Calls,
}

impl Organizations {
    pub(super) fn new(channel: Channel, deadline: Duration) -> Self {
        Self {
            client: OrganizationServiceClient::new(channel),
            calls: Calls {
                backend: "organization",
                deadline,
            },
        }
    }

    pub(crate) async fn find(
        &self,
        organization_id: &str,
    ) -> Result<Option<Organization>, BackendError> {
        let request = self.calls.request(FindOrganizationRequest {
            organization_id: organization_id.to_owned(),
        });
        let result = self.client.clone().find_organization(request).await;
        Ok(self.calls.answer(result)?.organization)
    }

    /// Whether the user belongs to the organization. One that has just been removed has no members.
    pub(crate) async fn is_member(
        &self,
        organization_id: &str,
        user_id: &str,
    ) -> Result<bool, BackendError> {
        let request = self.calls.request(CheckMembershipRequest {
            organization_id: organization_id.to_owned(),
            user_id: user_id.to_owned(),
        });
        let result = self.client.clone().check_membership(request).await;
        let expected = [ErrorReason::OrganizationNotFound];
        let answer = self.calls.answer_or_refusal(result, &expected)?;
        Ok(answer.is_ok_and(|response| response.member))
    }
}
