//! Organizations and their members.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    CheckMembershipRequest, FindOrganizationRequest, Organization,
};
use tonic::transport::Channel;

use super::calls::Calls;
use super::{BackendError, Patience};

#[derive(Debug, Clone)]
pub(crate) struct Organizations {
    client: OrganizationServiceClient<Channel>,
    calls: Calls,
}

impl Organizations {
    pub(super) fn new(channel: Channel, patience: &Patience) -> Self {
        Self {
            client: OrganizationServiceClient::new(channel),
            calls: Calls::new("organization", patience),
        }
    }

    pub(crate) async fn find(
        &self,
        organization_id: &str,
    ) -> Result<Option<Organization>, BackendError> {
        let request = FindOrganizationRequest {
            organization_id: organization_id.to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.find_organization(request).await
            })
            .await;
        Ok(self.calls.answer(result)?.organization)
    }

    /// Whether the user belongs to the organization. One that has just been removed has no members.
    pub(crate) async fn is_member(
        &self,
        organization_id: &str,
        user_id: &str,
    ) -> Result<bool, BackendError> {
        let request = CheckMembershipRequest {
            organization_id: organization_id.to_owned(),
            user_id: user_id.to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.check_membership(request).await
            })
            .await;
        let expected = [ErrorReason::OrganizationNotFound];
        let answer = self.calls.answer_or_refusal(result, &expected)?;
        Ok(answer.is_ok_and(|response| response.member))
    }
}
