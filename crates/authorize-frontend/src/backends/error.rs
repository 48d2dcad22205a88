//! When a backend gives no answer.

use std::error::Error;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use metrics::counter;
use tonic::{Code, Status};

/// A backend gave no answer; whatever was asked is neither true nor false.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BackendError {
    /// It cannot be reached, is too slow or has too much to do. The same call may succeed later.
    #[error("{backend} cannot tell: {status}")]
    CannotTell {
        /// Which service.
        backend: &'static str,
        /// What the call ended with.
        status: Status,
    },
    /// It, or we, did something that must not happen.
    #[error("{backend} failed: {status}")]
    Failed {
        /// Which service.
        backend: &'static str,
        /// What the call ended with.
        status: Status,
    },
}

impl BackendError {
    /// Sorts a status that the caller has no better use for.
    pub(crate) fn new(backend: &'static str, status: Status) -> Self {
        if is_refused_by_budget(&status) {
            // The backend says so in its log, and not once for each request of a flood.
            count(backend, "refused");
            Self::CannotTell { backend, status }
        } else if cannot_tell(&status) {
            count(backend, "cannot_tell");
            tracing::warn!(backend, code = %status.code(), message = status.message(), "backend cannot tell");
            Self::CannotTell { backend, status }
        } else {
            count(backend, "failed");
            tracing::error!(backend, code = %status.code(), message = status.message(), "backend failed");
            Self::Failed { backend, status }
        }
    }

    /// An answer that breaks the proto.
    pub(crate) fn malformed(backend: &'static str, problem: &str) -> Self {
        Self::new(
            backend,
            Status::internal(format!("malformed answer: {problem}")),
        )
    }
}

fn count(backend: &'static str, kind: &'static str) {
    counter!("doorward_backend_errors_total", "backend" => backend, "kind" => kind).increment(1);
}

fn is_refused_by_budget(status: &Status) -> bool {
    matches!(
        reason_of(status),
        Some(ErrorReason::StoreFull | ErrorReason::TooManyTransactions)
    )
}

fn cannot_tell(status: &Status) -> bool {
    match reason_of(status) {
        Some(ErrorReason::StoreUnavailable | ErrorReason::Overloaded) => true,
        Some(_) => false,
        // With a source it was not received but made here: the connection broke, or the backend is stopping.
        None if status.source().is_some() => true,
        // A closed connection may also be `Unknown`, a lost deadline `Cancelled` or `DeadlineExceeded`.
        None => matches!(
            status.code(),
            Code::Unavailable
                | Code::DeadlineExceeded
                | Code::Cancelled
                | Code::ResourceExhausted
                | Code::Unknown
        ),
    }
}

/// Whether the same call, made again at once, may be answered. A backend that has too much to do is left alone.
pub(super) fn may_be_repeated(status: &Status) -> bool {
    let has_too_much = reason_of(status) == Some(ErrorReason::Overloaded)
        || status.code() == Code::ResourceExhausted;
    cannot_tell(status) && !has_too_much
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_proto::Refusal;

    /// A backend that is stopping says GOAWAY, which tonic calls an internal error.
    #[test]
    fn a_broken_connection_is_not_a_fault() {
        let mut status = Status::internal("h2 protocol error: http2 error");
        status.set_source(std::sync::Arc::new(std::io::Error::other("GOAWAY")));
        assert!(matches!(
            BackendError::new("session", status),
            BackendError::CannotTell { .. }
        ));
    }

    #[test]
    fn only_what_is_late_or_lost_is_asked_again() {
        for status in [
            Refusal::new(ErrorReason::StoreUnavailable, "gone").into(),
            Status::unavailable("connection refused"),
            Status::deadline_exceeded("too slow"),
            Status::cancelled("Timeout expired"),
        ] {
            assert!(may_be_repeated(&status), "{status:?}");
        }
        for status in [
            Refusal::new(ErrorReason::Overloaded, "too much").into(),
            Refusal::new(ErrorReason::Conflict, "no").into(),
            Status::resource_exhausted("too much"),
            Status::internal("bug"),
        ] {
            assert!(!may_be_repeated(&status), "{status:?}");
        }
    }

    #[test]
    fn lost_is_told_from_broken() {
        let lost = [
            Refusal::new(ErrorReason::StoreUnavailable, "gone").into(),
            Refusal::new(ErrorReason::StoreFull, "full").into(),
            Refusal::new(ErrorReason::TooManyTransactions, "too many").into(),
            Status::unavailable("connection refused"),
            Status::deadline_exceeded("too slow"),
            Status::unknown("transport error"),
        ];
        for status in lost {
            assert!(matches!(
                BackendError::new("session", status),
                BackendError::CannotTell { .. }
            ));
        }
        let broken = [
            Status::internal("bug"),
            Refusal::new(ErrorReason::InvalidField, "x").into(),
        ];
        for status in broken {
            assert!(matches!(
                BackendError::new("session", status),
                BackendError::Failed { .. }
            ));
        }
    }
}
