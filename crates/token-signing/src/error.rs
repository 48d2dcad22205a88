//! Errors of this service, and their gRPC status.

use doorward_oauth2_types::SigningAlg;
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::{InvalidField, Refusal};
use doorward_service_kit::{KeyFileError, StoreError, with_causes};
use tonic::Status;

use crate::domain::key_life::KeyLifeError;
use crate::domain::{CertificateError, KeyId, SigningError};
use crate::pkcs11::TokenError;

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
    /// The certificate of a key cannot be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The key-encryption key cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// A stored key does not open: new ones are not made, for tokens signed by the stored ones are still in use.
    #[error(
        "signing key {0} was encrypted with a different key-encryption key; restore the original file"
    )]
    WrongKeyEncryptionKey(KeyId),
    /// A stored key needs the key-encryption key of a file, which is not in the settings.
    #[error(
        "signing key {0} is encrypted with a key from a file; set `key_encryption_key_file`, until the key is rotated out"
    )]
    NoKeyEncryptionKey(KeyId),
    /// A stored key is in a token, which is not in the settings.
    #[error(
        "signing key {0} is in a PKCS#11 token; set `[pkcs11]`, with `new_keys = false` until the key is rotated out"
    )]
    NoToken(KeyId),
    /// The settings name nothing that keeps new keys.
    #[error(
        "new signing keys need `key_encryption_key_file`, or `[pkcs11]` with `new_keys = true`"
    )]
    NoPlaceForKeys,
    /// The token failed, or its settings are wrong.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A rule of a key's life.
    #[error(transparent)]
    Life(#[from] KeyLifeError),
    /// The current key does not open here, and the one before it is revoked.
    #[error("this replica cannot open the current signing key for {0}")]
    NoSigner(SigningAlg),
    /// There are no keys for the algorithm.
    #[error(
        "signing with {0} is not switched on: add it to `algs` in `[signing]` of token-signing, or start \
         `doorward serve` with `--signing-alg {0}`"
    )]
    SwitchedOff(SigningAlg),
    /// The process is stopping.
    #[error("the process is stopping")]
    Interrupted,
    /// More calls wait for their signatures than may.
    #[error("too many tokens are being signed; try again later")]
    Overloaded,
    /// The caller has given up while the call waited.
    #[error("no answer in time")]
    TooLate,
}

/// The details stay in the log.
impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(invalid) => invalid.into(),
            Error::Store(error) => error.into(),
            Error::Life(error) => refusal(&error),
            Error::TooLate => Status::deadline_exceeded(error.to_string()),
            Error::Overloaded => Refusal::new(ErrorReason::Overloaded, error.to_string()).into(),
            error @ Error::SwitchedOff(_) => InvalidField::new("alg", error.to_string()).into(),
            Error::NoSigner(_)
            | Error::Interrupted
            | Error::Token(_)
            | Error::Signing(SigningError::Token(_)) => {
                tracing::error!(error = with_causes(&error), "tokens cannot be signed");
                Status::unavailable(error.to_string())
            }
            error => {
                tracing::error!(error = with_causes(&error), "tokens cannot be signed");
                Status::internal("internal error")
            }
        }
    }
}

fn refusal(error: &KeyLifeError) -> Status {
    let reason = match error {
        KeyLifeError::TooEarly { .. } | KeyLifeError::NotPublished { .. } => {
            ErrorReason::RotationTooEarly
        }
        KeyLifeError::NotFound(_) | KeyLifeError::NotCurrent(_) | KeyLifeError::Missing { .. } => {
            ErrorReason::KeyNotFound
        }
        KeyLifeError::Ambiguous(_)
        | KeyLifeError::OtherAlgorithm { .. }
        | KeyLifeError::AlwaysOn(_) => ErrorReason::InvalidField,
        KeyLifeError::InUse { .. } => ErrorReason::KeyInUse,
    };
    Refusal::new(reason, error.to_string()).into()
}
