//! Messages of invitations to domain types and back.

use std::collections::BTreeSet;

use doorward_proto::organization::v1 as wire;
use doorward_proto::{InvalidField, to_timestamp};
use doorward_service_kit::mail::{MailProgress, MailState};
use jiff::Timestamp;

use crate::domain::{
    Acceptance, Accepted, End, Invitation, InviteeEmail, LoginUri, NewInvitation, RoleId, Ticket,
    parse_roles,
};
use crate::{Error, mails};

impl TryFrom<wire::CreateInvitationRequest> for NewInvitation {
    type Error = InvalidField;

    fn try_from(request: wire::CreateInvitationRequest) -> Result<Self, InvalidField> {
        let terms = Self {
            inviter_name: request.inviter_name,
            invitee_email: InviteeEmail::parse(&request.invitee_email)?,
            client_id: request.client_id,
            connection: request.connection,
            roles: parse_roles(request.role_ids)?,
            ttl_seconds: request.ttl_seconds,
            login_uri: LoginUri::parse(&request.login_uri)?,
            app_metadata: request.app_metadata_json,
            user_metadata: request.user_metadata_json,
            language: request
                .mail
                .map(|mail| mails::tag(&mail.language).to_owned()),
        };
        terms.validate()?;
        Ok(terms)
    }
}

/// Reads a ticket. A text that cannot be one is the ticket of no invitation.
pub(crate) fn ticket(text: &str) -> Result<Ticket, Error> {
    Ticket::parse(text).ok_or(Error::InvitationNotFound)
}

impl TryFrom<wire::AcceptInvitationRequest> for Acceptance {
    type Error = Error;

    fn try_from(request: wire::AcceptInvitationRequest) -> Result<Self, Error> {
        let acceptance = Self {
            ticket: ticket(&request.ticket_id)?,
            organization_id: request.organization_id.into(),
            client_id: request.client_id,
            user_id: request.user_id.into(),
            email: request.email,
            connection: request.connection,
            acceptance_id: request.acceptance_id,
        };
        acceptance.validate()?;
        Ok(acceptance)
    }
}

impl From<Accepted> for wire::AcceptInvitationResponse {
    fn from(accepted: Accepted) -> Self {
        Self {
            invitation_id: accepted.invitation_id.to_string(),
            role_ids: ids(&accepted.roles),
            member_added: accepted.member_added,
            app_metadata_json: accepted.app_metadata,
            user_metadata_json: accepted.user_metadata,
        }
    }
}

/// The invitation as administrators see it. `organization_name` is a part of the link.
pub(crate) fn invitation(
    invitation: Invitation,
    organization_name: &str,
    mail: Option<&MailState>,
    now: Timestamp,
) -> wire::Invitation {
    let ticket = invitation.open_ticket(now);
    wire::Invitation {
        ticket_id: ticket.map(|ticket| ticket.as_str().to_owned()),
        invitation_url: invitation.url(organization_name, now),
        state: state(&invitation, now).into(),
        id: invitation.id.to_string(),
        organization_id: invitation.organization_id.to_string(),
        inviter_name: invitation.terms.inviter_name,
        invitee_email: invitation.terms.invitee_email.to_string(),
        client_id: invitation.terms.client_id,
        connection: invitation.terms.connection,
        role_ids: ids(&invitation.terms.roles),
        created_at: Some(to_timestamp(invitation.created_at)),
        expires_at: Some(to_timestamp(invitation.expires_at)),
        mail: mail.map(mail_state),
        language: invitation.terms.language,
    }
}

fn mail_state(mail: &MailState) -> wire::InvitationMail {
    let state = match mail.progress {
        MailProgress::Queued => wire::MailState::Queued,
        MailProgress::Sent => wire::MailState::Sent,
        MailProgress::Failed => wire::MailState::Failed,
    };
    wire::InvitationMail {
        state: state.into(),
        attempts: mail.attempts,
        last_attempt_at: mail.last_attempt_at.map(to_timestamp),
        last_error: mail.last_error.clone(),
    }
}

fn ids(roles: &BTreeSet<RoleId>) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}

fn state(invitation: &Invitation, now: Timestamp) -> wire::InvitationState {
    match invitation.end(now) {
        None => wire::InvitationState::Open,
        Some(End::Expired(_)) => wire::InvitationState::Expired,
        Some(End::Accepted) => wire::InvitationState::Accepted,
        Some(End::Revoked) => wire::InvitationState::Revoked,
        Some(End::Burnt) => wire::InvitationState::Burnt,
    }
}
