//! What all calls have in common.

use std::time::Duration;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use doorward_service_kit::grpc::with_deadline;
use tonic::{Request, Response, Status};

use super::BackendError;

/// The name of a backend and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calls {
    pub(super) backend: &'static str,
    pub(super) deadline: Duration,
}

impl Calls {
    /// A request with this backend's deadline.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        with_deadline(message, self.deadline)
    }

    /// The answer, or why there is none.
    pub(super) fn answer<T>(&self, result: Result<Response<T>, Status>) -> Result<T, BackendError> {
        result
            .map(Response::into_inner)
            .map_err(|status| BackendError::new(self.backend, status))
    }

    /// The answer, or the refusal that the caller acts on.
    pub(super) fn answer_or_refusal<T>(
        &self,
        result: Result<Response<T>, Status>,
        expected: &[ErrorReason],
    ) -> Result<Result<T, ErrorReason>, BackendError> {
        match result {
            Ok(response) => Ok(Ok(response.into_inner())),
            Err(status) => match reason_of(&status).filter(|reason| expected.contains(reason)) {
                Some(reason) => Ok(Err(reason)),
                None => Err(BackendError::new(self.backend, status)),
            },
        }
    }

    pub(super) fn required<T>(&self, value: Option<T>, field: &str) -> Result<T, BackendError> {
        value.ok_or_else(|| BackendError::malformed(self.backend, &format!("{field} is missing")))
    }
}
