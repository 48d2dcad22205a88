//! The service of invitations: decode, call the store, encode.

use std::sync::Arc;

use doorward_proto::organization::v1 as wire;
use doorward_proto::organization::v1::invitation_service_server::InvitationService;
use doorward_service_kit::mail::Mail;
use doorward_service_kit::{Clock, StoreError};
use jiff::Timestamp;
use tonic::{Request, Response, Status};
use tracing::Instrument;

use crate::domain::{
    Acceptance, Accepted, Invitation, LISTED_AFTER_EXPIRY, NewInvitation, Organization,
    OrganizationId, Page, Selector,
};
use crate::mails::{self, InvitationMail};
use crate::store::{InvitationStore, Store};
use crate::{Error, InvitationLimits, convert};

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) organizations: Arc<dyn Store>,
    pub(crate) invitations: Arc<dyn InvitationStore>,
    pub(crate) limits: InvitationLimits,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Service {
    async fn organization(&self, id: &OrganizationId) -> Result<Organization, Error> {
        let selector = Selector::Id(id.clone());
        match self.organizations.find(&selector, None).await? {
            Some(found) => Ok(found.organization),
            None => Err(Error::NotFound(id.clone())),
        }
    }

    /// Finds the invitation that a request of the frontend may use, in any state.
    async fn find(
        &self,
        ticket_id: &str,
        organization_id: &str,
        client_id: Option<&str>,
    ) -> Result<Invitation, Error> {
        let ticket = convert::ticket(ticket_id)?;
        let organization_id = OrganizationId::from(organization_id.to_owned());
        let found = self.invitations.find_by_ticket(&ticket).await?;
        found
            .filter(|found| found.is_for(&organization_id, client_id))
            .ok_or(Error::InvitationNotFound)
    }

    /// Invitations as administrators see them at this time.
    async fn show_all(
        &self,
        organization: &Organization,
        found: Vec<Invitation>,
        now: Timestamp,
    ) -> Result<Vec<wire::Invitation>, Error> {
        let ids: Vec<_> = found.iter().filter_map(|one| one.mail_id.clone()).collect();
        let mails = self.invitations.mail_states(&ids).await?;
        let shown = found.into_iter().map(|one| {
            let mail = one.mail_id.as_ref().and_then(|id| mails.get(id));
            convert::invitation(one, organization.name.as_str(), mail, now)
        });
        Ok(shown.collect())
    }

    async fn show(
        &self,
        organization: &Organization,
        found: Invitation,
        now: Timestamp,
    ) -> Result<wire::Invitation, Error> {
        let shown = self.show_all(organization, vec![found], now).await?;
        Ok(shown.into_iter().next().unwrap_or_default())
    }

    /// Continues after the caller has gone away: an acceptance that is committed is logged, for its repeat is not.
    async fn accept(&self, acceptance: Acceptance) -> Result<Accepted, Error> {
        let (invitations, now) = (Arc::clone(&self.invitations), self.clock.now());
        let accept = async move { accept_and_log(&*invitations, &acceptance, now).await };
        let accepted = tokio::spawn(accept.in_current_span()).await;
        accepted.map_err(StoreError::corrupt)?
    }
}

#[tonic::async_trait]
impl InvitationService for Service {
    async fn create_invitation(
        &self,
        request: Request<wire::CreateInvitationRequest>,
    ) -> Result<Response<wire::CreateInvitationResponse>, Status> {
        let request = request.into_inner();
        let now = self.clock.now();
        let settings = request.mail.clone().unwrap_or_default();
        let settings = request.send_email.then_some(settings);
        let organization = self
            .organization(&request.organization_id.clone().into())
            .await?;
        let invitation = NewInvitation::try_from(request)?.issue(organization.id.clone(), now);
        let mail = settings.and_then(|settings| mail(&organization, &invitation, &settings, now));
        let added = self
            .invitations
            .add_invitation(invitation, mail.as_ref(), &self.limits);
        // As of its creation, so that the answer has the link however short its life is.
        let shown = self.show(&organization, added.await?, now).await?;
        Ok(Response::new(wire::CreateInvitationResponse {
            invitation: Some(shown),
        }))
    }

    async fn list_invitations(
        &self,
        request: Request<wire::ListInvitationsRequest>,
    ) -> Result<Response<wire::ListInvitationsResponse>, Status> {
        let request = request.into_inner();
        let now = self.clock.now();
        let page = Page::try_from(request.page)?;
        let organization = self.organization(&request.organization_id.into()).await?;
        let since = now - LISTED_AFTER_EXPIRY;
        let found = self
            .invitations
            .list_invitations(&organization.id, since, &page);
        let found = found.await?;
        Ok(Response::new(wire::ListInvitationsResponse {
            invitations: self.show_all(&organization, found.items, now).await?,
            next: found.next.unwrap_or_default(),
            total: found.total,
        }))
    }

    async fn get_invitation(
        &self,
        request: Request<wire::GetInvitationRequest>,
    ) -> Result<Response<wire::GetInvitationResponse>, Status> {
        let request = request.into_inner();
        let organization = self.organization(&request.organization_id.into()).await?;
        let id = request.invitation_id.into();
        let found = self
            .invitations
            .get_invitation(&organization.id, &id)
            .await?;
        Ok(Response::new(wire::GetInvitationResponse {
            invitation: Some(self.show(&organization, found, self.clock.now()).await?),
        }))
    }

    async fn resend_invitation(
        &self,
        request: Request<wire::ResendInvitationRequest>,
    ) -> Result<Response<wire::ResendInvitationResponse>, Status> {
        let request = request.into_inner();
        let now = self.clock.now();
        let organization = self.organization(&request.organization_id.into()).await?;
        let id = request.invitation_id.into();
        let found = self
            .invitations
            .get_invitation(&organization.id, &id)
            .await?;
        Error::unless_open(&found, now)?;
        let settings = request.mail.unwrap_or_default();
        let mail = mail(&organization, &found, &settings, now).ok_or(Error::InvitationNotFound)?;
        let sent =
            self.invitations
                .resend_invitation(&organization.id, &id, &mail, &self.limits, now);
        Ok(Response::new(wire::ResendInvitationResponse {
            invitation: Some(self.show(&organization, sent.await?, now).await?),
        }))
    }

    async fn revoke_invitation(
        &self,
        request: Request<wire::RevokeInvitationRequest>,
    ) -> Result<Response<wire::RevokeInvitationResponse>, Status> {
        let request = request.into_inner();
        let (organization_id, id) = (request.organization_id.into(), request.invitation_id.into());
        let now = self.clock.now();
        self.invitations
            .revoke_invitation(&organization_id, &id, now)
            .await?;
        Ok(Response::new(wire::RevokeInvitationResponse {}))
    }

    async fn find_invitation(
        &self,
        request: Request<wire::FindInvitationRequest>,
    ) -> Result<Response<wire::FindInvitationResponse>, Status> {
        let request = request.into_inner();
        let client_id = request.client_id.as_deref();
        let found = self
            .find(&request.ticket_id, &request.organization_id, client_id)
            .await?;
        let accepted_by = request
            .acceptance_id
            .and_then(|acceptance_id| found.accepted_in(&acceptance_id).cloned());
        if accepted_by.is_none() && found.open_ticket(self.clock.now()).is_none() {
            return Err(Error::InvitationNotFound.into());
        }
        Ok(Response::new(wire::FindInvitationResponse {
            invitation_id: found.id.to_string(),
            inviter_name: found.terms.inviter_name,
            invitee_email: found.terms.invitee_email.to_string(),
            connection: found.terms.connection,
            accepted_by: accepted_by.map(|user| user.as_str().to_owned()),
            client_id: found.terms.client_id,
        }))
    }

    async fn accept_invitation(
        &self,
        request: Request<wire::AcceptInvitationRequest>,
    ) -> Result<Response<wire::AcceptInvitationResponse>, Status> {
        let acceptance = Acceptance::try_from(request.into_inner())?;
        Ok(Response::new(self.accept(acceptance).await?.into()))
    }

    async fn burn_invitation(
        &self,
        request: Request<wire::BurnInvitationRequest>,
    ) -> Result<Response<wire::BurnInvitationResponse>, Status> {
        let request = request.into_inner();
        let client_id = Some(request.client_id.as_str());
        let found = self
            .find(&request.ticket_id, &request.organization_id, client_id)
            .await?;
        let now = self.clock.now();
        self.invitations
            .burn_invitation(&found.organization_id, &found.id, now)
            .await?;
        Ok(Response::new(wire::BurnInvitationResponse {}))
    }
}

async fn accept_and_log(
    invitations: &dyn InvitationStore,
    acceptance: &Acceptance,
    now: Timestamp,
) -> Result<Accepted, Error> {
    let accepted = invitations.accept_invitation(acceptance, now).await?;
    if !accepted.repeated {
        tracing::info!(
            target: "audit",
            event = "si",
            invitation = accepted.invitation_id.as_str(),
            organization = acceptance.organization_id.as_str(),
            user = acceptance.user_id.as_str(),
            "invitation accepted"
        );
    }
    Ok(accepted)
}

/// Renders the mail of an open invitation.
fn mail(
    organization: &Organization,
    invitation: &Invitation,
    settings: &wire::MailSettings,
    now: Timestamp,
) -> Option<Mail> {
    let url = invitation.url(organization.name.as_str(), now)?;
    Some(mails::invitation(&InvitationMail {
        organization,
        inviter_name: &invitation.terms.inviter_name,
        invitee_email: invitation.terms.invitee_email.as_str(),
        expires_at: invitation.expires_at,
        url: &url,
        language: &settings.language,
        tenant_name: &settings.tenant_name,
        client_name: &settings.client_name,
    }))
}
