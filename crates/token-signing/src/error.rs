//! Errors of this service, and their gRPC status.

use doorward_proto::InvalidField;
use doorward_service_kit::{KeyFileError, StoreError, with_causes};
use tonic::Status;

use crate::domain::{KeyId, SigningError};

/// A start that failed, or a call that was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field breaks its rule.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cryptographic library refused.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The key-encryption key cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// A stored key does not open: new ones are not made, for tokens signed by the stored ones are still in use.
    #[error(
        "signing key {0} was encrypted with a different key-encryption key; restore the original file"
    )]
    WrongKeyEncryptionKey(KeyId),
    /// The store did not keep both keys.
    #[error("the store has no {0} signing key")]
    NoKey(&'static str),
}

/// The details stay in the log.
impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(invalid) => invalid.into(),
            Error::Store(error) => error.into(),
            error => {
                tracing::error!(error = with_causes(&error), "tokens cannot be signed");
                Status::internal("internal error")
            }
        }
    }
}
