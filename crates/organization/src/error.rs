//! Errors of this service, and their gRPC status.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::{InvalidField, Refusal};
use doorward_service_kit::StoreError;
use jiff::Timestamp;
use tonic::Status;

use crate::domain::{End, Invitation, InvitationId, OrganizationId, UserId};

/// A call that was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field breaks its rule.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// No organization has that id.
    #[error("no organization found by that id: {0}")]
    NotFound(OrganizationId),
    /// Another organization has that name.
    #[error("another organization is already named {0}")]
    NameTaken(String),
    /// The connection is not enabled for the organization, or does not do there what the call needs.
    #[error(
        "the connection {0:?} is not enabled for the organization, or does not assign membership"
    )]
    ConnectionNotEnabled(String),
    /// The organization has as many members as it may have.
    #[error("the organization {0} has as many members as it may have")]
    Full(OrganizationId),
    /// The user is not a member of the organization.
    #[error("the user {user} is not a member of the organization {organization}")]
    MemberNotFound {
        /// The organization.
        organization: OrganizationId,
        /// The user.
        user: UserId,
    },
    /// The organization has no invitation with this id. For administrators.
    #[error("the organization {organization} has no invitation {id}")]
    NoInvitation {
        /// The organization.
        organization: OrganizationId,
        /// The id.
        id: InvitationId,
    },
    /// The invitation is not open. For administrators.
    #[error("the invitation {id} {end}")]
    InvitationEnded {
        /// The invitation.
        id: InvitationId,
        /// Why it is not open.
        end: End,
    },
    /// There is no such invitation, or it cannot be used; the error does not say which. For everyone with a ticket.
    #[error("invitation not found or already used")]
    InvitationNotFound,
    /// The user's address is not the invited one.
    #[error("the specified account is not allowed to accept the current invitation")]
    InviteeMismatch,
    /// The organization, or the address, has got too many invitations.
    #[error("too many invitations; try again later")]
    TooManyInvitations,
    /// The tickets in the database were encrypted with another key.
    #[error(
        "the ticket of the invitation {0} was encrypted with a different key-encryption key; restore the original file"
    )]
    WrongKeyEncryptionKey(InvitationId),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    /// Fails if an invitation is not open at `now`, and says why.
    pub(crate) fn unless_open(invitation: &Invitation, now: Timestamp) -> Result<(), Self> {
        match invitation.end(now) {
            None => Ok(()),
            Some(end) => Err(Self::InvitationEnded {
                id: invitation.id.clone(),
                end,
            }),
        }
    }

    /// Leaves out what only administrators may see of an invitation.
    pub(crate) fn for_the_public(self) -> Self {
        match self {
            Self::NoInvitation { .. } | Self::InvitationEnded { .. } => Self::InvitationNotFound,
            other => other,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let reason = match error {
            Error::Invalid(invalid) => return invalid.into(),
            Error::Store(error) => return error.into(),
            Error::NotFound(_) => ErrorReason::OrganizationNotFound,
            Error::NameTaken(_) => ErrorReason::NameTaken,
            Error::ConnectionNotEnabled(_) => ErrorReason::ConnectionNotEnabled,
            Error::Full(_) => ErrorReason::OrganizationFull,
            Error::MemberNotFound { .. } => ErrorReason::MemberNotFound,
            Error::NoInvitation { .. }
            | Error::InvitationEnded { .. }
            | Error::InvitationNotFound => ErrorReason::InvitationNotFound,
            Error::InviteeMismatch => ErrorReason::InviteeMismatch,
            Error::TooManyInvitations => ErrorReason::TooManyInvitations,
            Error::WrongKeyEncryptionKey(_) => return Status::internal("internal error"),
        };
        Refusal::new(reason, message).into()
    }
}
