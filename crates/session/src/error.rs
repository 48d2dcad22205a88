//! Errors of this service, and their gRPC status.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::{InvalidField, Refusal};
use doorward_service_kit::StoreError;
use tonic::Status;

/// A call that was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field breaks its rule.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The transaction was updated by another request, or is gone.
    #[error("the transaction has changed since it was read, or is gone")]
    Conflict,
    /// The store has no room for it.
    #[error("the session store is full")]
    NoRoom,
    /// The address has begun as many sign-ins as it may.
    #[error("too many sign-ins from this address")]
    TooMany,
    /// Other attempts with the account or of the address were not settled in time.
    #[error("too many attempts at once; try again")]
    Busy,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid(invalid) => invalid.into(),
            Error::Conflict => Refusal::new(ErrorReason::Conflict, message).into(),
            Error::NoRoom => Refusal::new(ErrorReason::StoreFull, message).into(),
            Error::TooMany => Refusal::new(ErrorReason::TooManyTransactions, message).into(),
            Error::Busy => Refusal::new(ErrorReason::Overloaded, message).into(),
            Error::Store(error) => error.into(),
        }
    }
}
