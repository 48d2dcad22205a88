//! Invitations of people into organizations.

mod acceptance;
mod email;
mod end;
mod link;
mod new_invitation;
mod ticket;

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::{OrganizationId, UserId};

pub use acceptance::{Acceptance, Accepted};
pub use email::InviteeEmail;
pub use end::End;
pub use link::LoginUri;
pub use new_invitation::NewInvitation;
pub use ticket::{Ticket, TicketHash};

/// How long an invitation stays in lists after it has expired.
pub const LISTED_AFTER_EXPIRY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// `uinv_` and 16 letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InvitationId(String);

impl InvitationId {
    /// Creates a new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(format!("uinv_{}", doorward_service_kit::alphanumeric(16)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for InvitationId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl fmt::Display for InvitationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An invitation. Everything but `state` and `mail_id` never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Names it to administrators; no secret.
    pub id: InvitationId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The invitation's terms, as they were asked for.
    pub terms: NewInvitation,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time from which the ticket is worth nothing.
    pub expires_at: Timestamp,
    /// Whether it was used or ended.
    pub state: State,
    /// Id of the last mail in the outbox; `None` if none was asked for.
    pub mail_id: Option<String>,
}

/// The state of an invitation in the store. One that has expired stays `Open` there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Neither used nor ended.
    Open(Ticket),
    /// A user has become a member by it.
    Accepted {
        /// The user.
        user_id: UserId,
        /// Names the sign-in that has accepted.
        acceptance_id: String,
        /// Whether the user was no member before.
        member_added: bool,
    },
    /// An administrator has ended it.
    Revoked,
    /// Another account has opened it, and the tenant wants it to end then.
    Burnt,
}

impl State {
    /// The state as the store writes it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Accepted { .. } => "accepted",
            Self::Revoked => "revoked",
            Self::Burnt => "burnt",
        }
    }
}

impl Invitation {
    /// Sorts as the time of creation, and belongs to this invitation alone.
    #[must_use]
    pub fn position(&self) -> String {
        format!("{:014}-{}", self.created_at.as_millisecond(), self.id)
    }

    /// Whether a request of this organization and application may use it; `None`: any application.
    #[must_use]
    pub fn is_for(&self, organization_id: &OrganizationId, client_id: Option<&str>) -> bool {
        // mutant: tickets-of-other-organizations
        self.organization_id == *organization_id
            // mutant: tickets-of-other-applications
            && client_id.is_none_or(|client_id| client_id == self.terms.client_id)
    }

    /// The ticket, if it can be used at `now`.
    #[must_use]
    pub fn open_ticket(&self, now: Timestamp) -> Option<&Ticket> {
        match &self.state {
            // mutant: expired-invitations-accepted
            State::Open(ticket) if now < self.expires_at => Some(ticket),
            _ => None,
        }
    }

    /// The user who has accepted in the sign-in named `acceptance_id`, if it was that one.
    #[must_use]
    pub fn accepted_in(&self, acceptance_id: &str) -> Option<&UserId> {
        match &self.state {
            State::Accepted {
                user_id,
                acceptance_id: accepted_in,
                ..
            } if accepted_in == acceptance_id => Some(user_id),
            _ => None,
        }
    }

    /// The link for the invited person, while the invitation is open.
    #[must_use]
    pub fn url(&self, organization_name: &str, now: Timestamp) -> Option<String> {
        let ticket = self.open_ticket(now)?;
        Some(
            self.terms
                .login_uri
                .link(ticket, &self.organization_id, organization_name),
        )
    }
}
