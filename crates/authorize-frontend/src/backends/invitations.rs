//! Invitations.

use doorward_proto::InvalidField;
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::{
    AcceptInvitationRequest, AcceptInvitationResponse, BurnInvitationRequest,
    FindInvitationRequest, FindInvitationResponse,
};
use doorward_service_kit::grpc::Channel;

use super::calls::Calls;
use super::convert::required_text;
use super::{BackendError, Patience};
use crate::model::{Acceptance, Invitation, InvitedMetadata, Ticket};

#[derive(Debug, Clone)]
pub(crate) struct Invitations {
    client: InvitationServiceClient<Channel>,
    calls: Calls,
}

/// Result of an acceptance.
#[derive(Debug)]
pub(crate) enum AcceptVerdict {
    /// The user is a member, by this acceptance or by an earlier one of the same sign-in.
    Accepted(InvitedMetadata),
    /// It can no longer be used; it is not known why.
    NotUsable,
    /// The user's address is not the invited one. The invitation stays open.
    OtherAddress,
    /// The user's connection does not lead to the organization.
    ConnectionNotEnabled,
    /// The organization has as many members as it may have.
    OrganizationFull,
    /// With the roles of the invitation the user would have more than a member may have.
    TooManyRoles,
}

impl Invitations {
    pub(super) fn new(channel: Channel, patience: &Patience) -> Self {
        Self {
            client: InvitationServiceClient::new(channel),
            calls: Calls::new("organization", patience),
        }
    }

    /// Finds what a ticket invites to, of this organization, and of this application if one is given. An invitation
    /// that the same sign-in has accepted is found too.
    pub(crate) async fn find(
        &self,
        ticket: Ticket,
        organization_id: &str,
        client_id: Option<&str>,
    ) -> Result<Option<Invitation>, BackendError> {
        let request = FindInvitationRequest {
            ticket_id: ticket.id,
            organization_id: organization_id.to_owned(),
            client_id: client_id.map(str::to_owned),
            acceptance_id: ticket.acceptance_id,
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.find_invitation(request).await
            })
            .await;
        let expected = [ErrorReason::InvitationNotFound, ErrorReason::InvalidField];
        let found = self.calls.answer_or_refusal(result, &expected)?;
        self.calls.converted(found.ok())
    }

    /// Spends the ticket and makes the user a member. A repeat of the same acceptance has the same result.
    pub(crate) async fn accept(
        &self,
        acceptance: Acceptance<'_>,
    ) -> Result<AcceptVerdict, BackendError> {
        let request = AcceptInvitationRequest::from(acceptance);
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.accept_invitation(request).await
            })
            .await;
        let expected = [
            ErrorReason::InvitationNotFound,
            ErrorReason::InviteeMismatch,
            ErrorReason::ConnectionNotEnabled,
            ErrorReason::OrganizationFull,
            ErrorReason::OrganizationNotFound,
            ErrorReason::InvalidField,
        ];
        Ok(match self.calls.answer_or_refusal(result, &expected)? {
            Ok(accepted) => AcceptVerdict::Accepted(accepted.into()),
            Err(ErrorReason::InviteeMismatch) => AcceptVerdict::OtherAddress,
            Err(ErrorReason::ConnectionNotEnabled) => AcceptVerdict::ConnectionNotEnabled,
            Err(ErrorReason::OrganizationFull) => AcceptVerdict::OrganizationFull,
            Err(ErrorReason::InvalidField) => AcceptVerdict::TooManyRoles,
            Err(_) => AcceptVerdict::NotUsable,
        })
    }

    /// Spends the ticket for nothing. One that is spent already is no error.
    pub(crate) async fn burn(
        &self,
        ticket: &Ticket,
        organization_id: &str,
        client_id: &str,
    ) -> Result<(), BackendError> {
        let request = BurnInvitationRequest {
            ticket_id: ticket.id.clone(),
            organization_id: organization_id.to_owned(),
            client_id: client_id.to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.burn_invitation(request).await
            })
            .await;
        let expected = [
            ErrorReason::InvitationNotFound,
            ErrorReason::OrganizationNotFound,
        ];
        self.calls.answer_or_refusal(result, &expected).map(|_| ())
    }
}

impl From<Acceptance<'_>> for AcceptInvitationRequest {
    fn from(acceptance: Acceptance<'_>) -> Self {
        Self {
            ticket_id: acceptance.ticket.id.clone(),
            organization_id: acceptance.organization_id.to_owned(),
            client_id: acceptance.client_id.to_owned(),
            user_id: acceptance.user.user_id.clone(),
            email: acceptance.user.email().unwrap_or_default().to_owned(),
            connection: acceptance.user.connection.clone(),
            acceptance_id: acceptance.ticket.acceptance_id.clone().unwrap_or_default(),
        }
    }
}

impl From<AcceptInvitationResponse> for InvitedMetadata {
    fn from(response: AcceptInvitationResponse) -> Self {
        Self {
            app: response.app_metadata_json,
            user: response.user_metadata_json,
        }
    }
}

impl TryFrom<FindInvitationResponse> for Invitation {
    type Error = InvalidField;

    fn try_from(found: FindInvitationResponse) -> Result<Self, Self::Error> {
        Ok(Self {
            inviter_name: required_text("inviter_name", found.inviter_name)?,
            email: required_text("invitee_email", found.invitee_email)?,
            connection: found.connection,
            client_id: required_text("client_id", found.client_id)?,
            accepted_by: found.accepted_by,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_without_an_address_is_malformed() {
        let response = FindInvitationResponse {
            inviter_name: "Ada".to_owned(),
            client_id: "spa".to_owned(),
            ..FindInvitationResponse::default()
        };
        let refused = Invitation::try_from(response).unwrap_err();
        assert_eq!(refused.to_string(), "invitee_email: is missing");
    }
}
