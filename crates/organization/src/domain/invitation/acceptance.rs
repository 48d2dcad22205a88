//! The acceptance of an invitation.

use std::collections::BTreeSet;

use doorward_proto::InvalidField;

use super::{Invitation, InvitationId, Ticket};
use crate::domain::{OrganizationId, RoleId, UserId};

const MAX_ACCEPTANCE_ID: usize = 128;

/// A user who has signed in with a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The ticket.
    pub ticket: Ticket,
    /// The organization of the request.
    pub organization_id: OrganizationId,
    /// The application of the request.
    pub client_id: String,
    /// The user.
    pub user_id: UserId,
    /// The user's address.
    pub email: String,
    /// The connection that the user signed in by.
    pub connection: String,
    /// Names the sign-in: a repeat has the same one.
    pub acceptance_id: String,
}

impl Acceptance {
    /// Refuses an acceptance that cannot be told from others.
    pub fn validate(&self) -> Result<(), InvalidField> {
        if self.user_id.as_str().is_empty() {
            return Err(InvalidField::new("user_id", "is missing"));
        }
        if !(1..=MAX_ACCEPTANCE_ID).contains(&self.acceptance_id.len()) {
            return Err(InvalidField::new(
                "acceptance_id",
                "must have 1 to 128 characters",
            ));
        }
        Ok(())
    }

    /// Whether this is a repeat of the acceptance of `invitation`, by a user who still has the invited address.
    #[must_use]
    pub fn repeats(&self, invitation: &Invitation) -> bool {
        invitation.accepted_in(&self.acceptance_id) == Some(&self.user_id)
            && invitation.terms.invitee_email.is(&self.email)
    }
}

/// The outcome of an acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The invitation.
    pub invitation_id: InvitationId,
    /// All roles that the user has in the organization.
    pub roles: BTreeSet<RoleId>,
    /// False if the user was a member before.
    pub member_added: bool,
    /// Whether the sign-in had accepted before.
    pub repeated: bool,
    /// The invitation's, for a user that it has created.
    pub app_metadata: Option<String>,
    /// The invitation's, for a user that it has created.
    pub user_metadata: Option<String>,
}
