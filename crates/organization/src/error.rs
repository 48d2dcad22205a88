//! Errors of this service, and their gRPC status.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::{InvalidField, Refusal};
use doorward_service_kit::StoreError;
use tonic::Status;

use crate::domain::{OrganizationId, UserId};

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
    #[error("the connection {0:?} does not assign membership in the organization")]
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
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
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
        };
        Refusal::new(reason, message).into()
    }
}
