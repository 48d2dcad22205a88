//! The layers around every call of a service, in one place: over sockets and in one process they are the same.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tonic::service::Routes;
use tower::Service;

use super::measurement::Measurement;
use super::timeout::timeout;
use crate::deadline::within;

/// The limit of a call that carries no deadline, and the longest deadline.
const LONGEST: Duration = Duration::from_secs(10);

/// Generated routes within the layers.
#[derive(Debug, Clone)]
pub(super) struct Calls(Routes);

impl Calls {
    pub(super) fn new(routes: Routes) -> Self {
        Self(routes.prepare())
    }

    /// The layers, from the outside in. A check of the callers that a method allows belongs between the first two.
    pub(super) fn answer(
        &mut self,
        request: Request<Body>,
    ) -> impl Future<Output = Response<Body>> + Send + use<> {
        let method = request.uri().path().to_owned();
        let deadline = timeout(request.headers());
        let answer = without_panic(self.0.call(request));
        let answer = under_deadline(deadline, answer);
        measured(method, answer)
    }
}

impl Service<Request<Body>> for Calls {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<Body>>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.answer(request).map(Ok).boxed()
    }
}

/// Records how long the call took and its code, even if its caller does not wait for the end.
async fn measured(method: String, answer: impl Future<Output = Response<Body>>) -> Response<Body> {
    let measurement = Measurement::start(method);
    let answer = answer.await;
    measurement.end(answer.headers());
    answer
}

/// Ends the call at the deadline of its caller, which the service can ask for with [`crate::deadline::time_left`].
async fn under_deadline(
    deadline: Option<Duration>,
    answer: impl Future<Output = Response<Body>>,
) -> Response<Body> {
    let answer = within(deadline.unwrap_or(Duration::MAX), answer);
    tokio::time::timeout(limit(deadline), answer)
        .await
        .unwrap_or_else(|_| refusal(&Status::deadline_exceeded("no answer in time")))
}

fn limit(deadline: Option<Duration>) -> Duration {
    deadline.map_or(LONGEST, |deadline| deadline.min(LONGEST))
}

/// Answers a panic, which the panic hook has logged, as any other defect.
async fn without_panic(
    answer: impl Future<Output = Result<Response<Body>, Infallible>>,
) -> Response<Body> {
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(Ok(answer)) => answer,
        Err(_) => refusal(&Status::internal("internal error")),
    }
}

pub(super) fn refusal(status: &Status) -> Response<Body> {
    status.clone().into_http()
}

#[cfg(test)]
mod tests;
