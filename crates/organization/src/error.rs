//! Errors of this service, and their gRPC status.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::{InvalidField, Refusal};
use doorward_service_kit::StoreError;
use tonic::Status;

use crate::domain::OrganizationId;

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
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid(invalid) => invalid.into(),
            Error::NotFound(_) => Refusal::new(ErrorReason::OrganizationNotFound, message).into(),
            Error::NameTaken(_) => Refusal::new(ErrorReason::NameTaken, message).into(),
            Error::Store(error) => error.into(),
        }
    }
}
