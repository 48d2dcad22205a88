//! Where invitations are kept.

use std::collections::HashMap;
use std::fmt::Debug;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use doorward_service_kit::mail::{Mail, MailState};
use jiff::Timestamp;

use crate::domain::{
    Acceptance, Accepted, Invitation, InvitationId, Listed, OrganizationId, Page, Ticket,
};
use crate::{Error, InvitationLimits};

/// Invitations. Every method but the last is one transaction. Only `accept_invitation` and `burn_invitation` spend a
/// ticket.
#[async_trait]
pub trait InvitationStore: Debug + Send + Sync {
    /// Adds an invitation with its mail, and counts it against the limits. The organization must exist, and the
    /// connection of the invitation must be enabled for it. Returns the invitation with the id of the mail.
    async fn add_invitation(
        &self,
        invitation: Invitation,
        mail: Option<&Mail>,
        limits: &InvitationLimits,
    ) -> Result<Invitation, Error>;

    /// Returns an invitation of this organization.
    async fn get_invitation(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
    ) -> Result<Invitation, Error>;

    /// Lists the open invitations of an organization, which must exist, and those that have expired after `since`; the
    /// newest first.
    async fn list_invitations(
        &self,
        organization_id: &OrganizationId,
        since: Timestamp,
        page: &Page,
    ) -> Result<Listed<Invitation>, Error>;

    /// Adds a new mail of an open invitation of this organization, and counts it against the limits. A mail that was
    /// not sent yet is deleted. Returns the invitation with the id of the new mail.
    async fn resend_invitation(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
        mail: &Mail,
        limits: &InvitationLimits,
        now: Timestamp,
    ) -> Result<Invitation, Error>;

    /// How far mails are, by their ids.
    async fn mail_states(&self, ids: &[String]) -> Result<HashMap<String, MailState>, StoreError>;

    /// Ends an open invitation of this organization, and deletes a mail that was not sent yet.
    async fn revoke_invitation(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
        now: Timestamp,
    ) -> Result<(), Error>;

    /// Finds the invitation of a ticket, in any state and of any organization.
    async fn find_by_ticket(&self, ticket: &Ticket) -> Result<Option<Invitation>, StoreError>;

    /// Spends the ticket and makes the user a member with the roles of the invitation: both or neither. Of several
    /// acceptances of one ticket, one succeeds. A repeat of that one has the same outcome, as long as the user is a
    /// member. A refusal spends nothing.
    async fn accept_invitation(
        &self,
        acceptance: &Acceptance,
        now: Timestamp,
    ) -> Result<Accepted, Error>;

    /// Spends an open ticket of this organization without a membership, and deletes a mail that was not sent yet. Its
    /// errors do not say whether there is such an invitation.
    async fn burn_invitation(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
        now: Timestamp,
    ) -> Result<(), Error>;

    /// Removes the invitations that have expired before `before`, and the counts of spans of time that ended before
    /// `now`. Each row in a transaction of its own.
    async fn remove_old_invitations(
        &self,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
