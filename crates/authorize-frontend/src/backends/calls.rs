//! The common part of all calls: a deadline, one repeat if that is safe, and the meaning of statuses.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use doorward_service_kit::deadline::time_left;
use doorward_service_kit::grpc::{attempts, with_deadline};
use doorward_service_kit::random_byte;
use metrics::counter;
use tokio::time::{sleep, timeout};
use tonic::{Request, Response, Status};

use super::error::may_be_repeated;
use super::repeats::RepeatBudget;
use super::{BackendError, Patience};
use crate::metrics::BACKEND_REPEATS;

/// The least time that a repeat needs to be answered.
const WORTH_A_REPEAT: Duration = Duration::from_millis(30);

/// The name of a backend, the time limit of its calls, and its budget of repeats.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    pub(super) backend: &'static str,
    /// The limit of a repeatable call, and of calls outside a request.
    limit: Duration,
    repeats: Arc<RepeatBudget>,
}

impl Calls {
    pub(super) fn new(backend: &'static str, patience: &Patience) -> Self {
        Self {
            backend,
            limit: patience.call,
            repeats: Arc::new(RepeatBudget::full()),
        }
    }

    /// Makes a call that must not be repeated. It may take all the remaining time of its request.
    pub(super) async fn once<C, M, T, F>(
        &self,
        client: &C,
        message: M,
        call: impl FnOnce(C, Request<M>) -> F,
    ) -> Result<Response<T>, Status>
    where
        C: Clone,
        F: Future<Output = Result<Response<T>, Status>>,
    {
        self.repeats.deposit();
        let limit = time_left().unwrap_or(self.limit);
        attempt(limit, message, |request| call(client.clone(), request)).await
    }

    /// Makes a call that is safe to repeat. If it is late or lost, repeats it once in the remaining time of the
    /// request and at another replica if there is one, because applications treat *cannot tell* as a sign-out.
    pub(super) async fn repeatable<C, M, T, F>(
        &self,
        client: &C,
        message: M,
        call: impl Fn(C, Request<M>) -> F,
    ) -> Result<Response<T>, Status>
    where
        C: Clone,
        M: Clone,
        F: Future<Output = Result<Response<T>, Status>>,
    {
        self.repeats.deposit();
        let call = |request| call(client.clone(), request);
        let limit = time_left().map_or(self.limit, |left| left.min(self.limit));
        let both = async {
            match attempt(limit, message.clone(), &call).await {
                Err(status) if may_be_repeated(&status) && self.may_repeat() => {
                    counter!(BACKEND_REPEATS, "backend" => self.backend).increment(1);
                    sleep(jitter()).await;
                    attempt(time_left().unwrap_or(self.limit), message, &call).await
                }
                answered => answered,
            }
        };
        attempts(both).await
    }

    fn may_repeat(&self) -> bool {
        let is_time = time_left().is_none_or(|left| left > WORTH_A_REPEAT);
        is_time && self.repeats.withdraw()
    }

    /// Returns the response, or the error.
    pub(super) fn answer<T>(&self, result: Result<Response<T>, Status>) -> Result<T, BackendError> {
        result
            .map(Response::into_inner)
            .map_err(|status| BackendError::new(self.backend, status))
    }

    /// Returns the response, or one of the `expected` reasons.
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

    /// Converts a message to the model; `None` stays `None`. A message that breaks its proto is an error.
    pub(super) fn converted<M, T>(&self, message: Option<M>) -> Result<Option<T>, BackendError>
    where
        T: TryFrom<M, Error: Display>,
    {
        message.map(|message| self.convert(message)).transpose()
    }

    /// A message that is always there, as a value of the model.
    pub(super) fn convert<M, T>(&self, message: M) -> Result<T, BackendError>
    where
        T: TryFrom<M, Error: Display>,
    {
        T::try_from(message)
            .map_err(|error| BackendError::malformed(self.backend, &error.to_string()))
    }

    /// Returns a field that is required by the proto.
    pub(super) fn required<T>(&self, value: Option<T>, field: &str) -> Result<T, BackendError> {
        value.ok_or_else(|| BackendError::malformed(self.backend, &format!("{field} is missing")))
    }
}

/// Both sides abandon the call after `limit`. This side also counts the time without a connection.
pub(super) async fn attempt<M, T, F>(
    limit: Duration,
    message: M,
    call: impl FnOnce(Request<M>) -> F,
) -> Result<Response<T>, Status>
where
    F: Future<Output = Result<Response<T>, Status>>,
{
    let late = |_| Err(Status::deadline_exceeded("no answer in time"));
    timeout(limit, call(with_deadline(message, limit)))
        .await
        .unwrap_or_else(late)
}

/// A random delay of up to 26 ms, so that calls that failed together are not repeated together.
fn jitter() -> Duration {
    Duration::from_micros(u64::from(random_byte()) * 100)
}

#[cfg(test)]
mod tests;
