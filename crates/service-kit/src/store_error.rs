//! How a store fails, and what a caller is told.

use std::error::Error;

use doorward_proto::Refusal;
use doorward_proto::errors::v1::ErrorReason;
use metrics::counter;
use tonic::Status;

use crate::metrics::{STORE_FAILED, STORE_UNAVAILABLE};
use crate::run::with_causes;

type Source = Box<dyn Error + Send + Sync>;

/// A store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It did not answer: nothing is known, and the same call may succeed later.
    #[error("the store does not answer")]
    Unavailable(#[source] Source),
    /// Too many writes wait for it already; this one was not begun.
    #[error("the store is overloaded")]
    Overloaded,
    /// It answered something that must not happen.
    #[error("the store failed")]
    Failed(#[source] Source),
}

impl StoreError {
    /// A stored value that cannot be read back.
    pub fn corrupt(what: impl Into<Source>) -> Self {
        Self::Failed(what.into())
    }
}

#[cfg(feature = "sql")]
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if crate::sql::is_unavailable(&error) {
            Self::Unavailable(error.into())
        } else {
            Self::Failed(error.into())
        }
    }
}

/// The details stay in the log; the caller learns only which of them it was.
impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        let details = with_causes(&error);
        match error {
            StoreError::Unavailable(_) => {
                counter!(STORE_UNAVAILABLE).increment(1);
                tracing::warn!(error = details, "the store does not answer");
                Refusal::new(ErrorReason::StoreUnavailable, "the store does not answer").into()
            }
            StoreError::Overloaded => {
                counter!(STORE_UNAVAILABLE).increment(1);
                tracing::warn!("too many writes wait for the store");
                Refusal::new(
                    ErrorReason::Overloaded,
                    "too many writes wait for the store",
                )
                .into()
            }
            StoreError::Failed(_) => {
                counter!(STORE_FAILED).increment(1);
                tracing::error!(error = details, "the store failed");
                Status::internal("internal error")
            }
        }
    }
}
