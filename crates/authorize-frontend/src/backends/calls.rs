//! What all calls have in common: a deadline, one repeat where that is safe, and what their answers mean.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use doorward_service_kit::deadline::time_left;
use doorward_service_kit::grpc::with_deadline;
use doorward_service_kit::random_byte;
use metrics::counter;
use tokio::time::{sleep, timeout};
use tonic::{Request, Response, Status};

use super::error::may_be_repeated;
use super::repeats::RepeatBudget;
use super::{BackendError, Patience};

/// With less time than this, a repeat would be given up before it can be answered.
const WORTH_A_REPEAT: Duration = Duration::from_millis(30);

/// The name of a backend, how long it may take, and how often it may be asked again.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    pub(super) backend: &'static str,
    /// For a call that can be repeated, and for those outside of a request.
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

    /// Makes a call that must not be made twice. It may take all the time that its request has left.
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

    /// Makes a call that leaves the same behind when it is made twice. If it is late or lost, it is made once more, in
    /// what its request has left: applications take *cannot tell* for a sign-out.
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
        match attempt(limit, message.clone(), &call).await {
            Err(status) if may_be_repeated(&status) && self.may_repeat() => {
                counter!("doorward_backend_repeats_total", "backend" => self.backend).increment(1);
                sleep(jitter()).await;
                attempt(time_left().unwrap_or(self.limit), message, &call).await
            }
            answered => answered,
        }
    }

    fn may_repeat(&self) -> bool {
        let is_time = time_left().is_none_or(|left| left > WORTH_A_REPEAT);
        is_time && self.repeats.withdraw()
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

    /// A message as a value of the model; `None` stays `None`. One that lacks what its proto promises is an error.
    pub(super) fn converted<M, T>(&self, message: Option<M>) -> Result<Option<T>, BackendError>
    where
        T: TryFrom<M, Error: Display>,
    {
        let converted = message.map(T::try_from).transpose();
        converted.map_err(|error| BackendError::malformed(self.backend, &error.to_string()))
    }

    /// A field that the proto promises.
    pub(super) fn required<T>(&self, value: Option<T>, field: &str) -> Result<T, BackendError> {
        value.ok_or_else(|| BackendError::malformed(self.backend, &format!("{field} is missing")))
    }
}

/// Both sides give the call up after `limit`. Ours also counts the time in which there is no connection.
async fn attempt<M, T, F>(
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

/// Up to 26 ms, so that calls that failed together do not come back together.
fn jitter() -> Duration {
    Duration::from_micros(u64::from(random_byte()) * 100)
}

#[cfg(test)]
mod tests;
