//! Failed calls of backends.

use std::error::Error;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use doorward_service_kit::grpc::is_circuit_open;
use metrics::counter;
use tonic::{Code, Status};

use crate::metrics::BACKEND_ERRORS;

/// A call failed: its outcome is unknown, neither *yes* nor *no*.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BackendError {
    /// The backend cannot be reached, is too slow or overloaded. The same call may succeed later.
    #[error("{backend} cannot tell: {status}")]
    CannotTell {
        /// The service.
        backend: &'static str,
        /// The status of the call.
        status: Status,
    },
    /// A defect, of the backend or of this service.
    #[error("{backend} failed: {status}")]
    Failed {
        /// The service.
        backend: &'static str,
        /// The status of the call.
        status: Status,
    },
}

impl BackendError {
    /// Classifies a status that the caller does not handle.
    pub(crate) fn new(backend: &'static str, status: Status) -> Self {
        if is_refused_by_budget(&status) {
            // Not logged here: the backend logs it, with a limited rate.
            count(backend, "refused");
            Self::CannotTell { backend, status }
        } else if is_circuit_open(&status) {
            // The channel has logged it once.
            count(backend, "circuit_open");
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

    /// The outcome of an event whose call failed, as a label of metrics.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::CannotTell { .. } => "cannot_tell",
            Self::Failed { .. } => "failed",
        }
    }

    /// A response that breaks the proto.
    pub(crate) fn malformed(backend: &'static str, problem: &str) -> Self {
        Self::new(
            backend,
            Status::internal(format!("malformed answer: {problem}")),
        )
    }
}

fn count(backend: &'static str, kind: &'static str) {
    counter!(BACKEND_ERRORS, "backend" => backend, "kind" => kind).increment(1);
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
        // A status with a source was made here: the connection broke, or the backend is stopping.
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

/// Whether an immediate repeat may succeed. A call to an overloaded backend is not repeated, nor one that was not made.
pub(super) fn may_be_repeated(status: &Status) -> bool {
    let has_too_much = reason_of(status) == Some(ErrorReason::Overloaded)
        || status.code() == Code::ResourceExhausted;
    cannot_tell(status) && !has_too_much && !is_circuit_open(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_proto::Refusal;

    /// A stopping backend sends GOAWAY, which tonic reports as an internal error.
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
