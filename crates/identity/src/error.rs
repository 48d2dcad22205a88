//! Errors of this service, and their gRPC status.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::{InvalidField, Refusal};
use doorward_service_kit::{StoreError, with_causes};
use tonic::Status;

use crate::domain::HashingFailed;

/// A call that was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field breaks its rule.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// No such user, or a wrong password. Callers cannot tell which.
    #[error("wrong email or password")]
    WrongCredentials,
    /// The connection already has a user with that email, or another user has that id.
    #[error("there is already another user with the {key} {value}")]
    UserAlreadyExists {
        /// `email` or `user_id`.
        key: &'static str,
        /// Which one.
        value: String,
    },
    /// No user has this id.
    #[error("there is no user with the id {0:?}")]
    UserNotFound(String),
    /// The user has another email than the one that was proved.
    #[error("the user has another email by now")]
    EmailChanged,
    /// Another role has that name.
    #[error("another role has the name {0:?}")]
    NameTaken(String),
    /// A new password has too few characters.
    #[error("the password must have at least {0} characters")]
    PasswordTooShort(u32),
    /// A new password is on the list of common ones.
    #[error("the password is one of the most common ones; choose one that others do not use")]
    PasswordTooCommon,
    /// More passwords wait to be hashed than may.
    #[error("too many passwords are being checked; try again later")]
    Overloaded,
    /// A hash cannot be computed.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let reason = match error {
            Error::Invalid(invalid) => return invalid.into(),
            Error::Store(error) => return error.into(),
            Error::Hashing(error) => {
                tracing::error!(error = with_causes(&error), "hashing failed");
                return Status::internal("internal error");
            }
            Error::WrongCredentials => ErrorReason::WrongCredentials,
            Error::UserAlreadyExists { .. } => ErrorReason::UserAlreadyExists,
            Error::UserNotFound(_) => ErrorReason::UserNotFound,
            Error::EmailChanged => ErrorReason::Conflict,
            Error::NameTaken(_) => ErrorReason::NameTaken,
            Error::PasswordTooShort(_) => ErrorReason::PasswordTooWeak,
            Error::PasswordTooCommon => ErrorReason::PasswordTooCommon,
            Error::Overloaded => ErrorReason::Overloaded,
        };
        Refusal::new(reason, error.to_string()).into()
    }
}
