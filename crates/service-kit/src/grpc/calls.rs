//! The layers around every call of a service, in one place: over sockets and in one process they are the same.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};
use std::time::Duration;

use doorward_proto::method;
use futures::FutureExt;
use futures::future::{BoxFuture, Either, ready};
use http::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tonic::service::Routes;
use tower::Service;
use tracing::Instrument;

use super::callers::Callers;
use super::limited::Limited;
use super::measurement::Measurement;
use super::timeout::timeout;
use crate::deadline::within;
use crate::trace::{called, served_call};

/// The limit of a call that carries no deadline, and the longest deadline.
const LONGEST: Duration = Duration::from_secs(10);

/// The maximum size of a request to methods that are not ours, such as the health.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// Generated routes within the layers.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    routes: Routes,
    callers: Callers,
}

impl Calls {
    pub(super) fn new(routes: Routes, callers: Callers) -> Self {
        Self {
            routes: routes.prepare(),
            callers,
        }
    }

    /// The layers, from the outside in. A call that is not allowed does not reach the routes.
    pub(super) fn answer(
        &mut self,
        request: Request<Body>,
    ) -> impl Future<Output = Response<Body>> + Send + use<> {
        let path = request.uri().path().to_owned();
        let method = method(&path);
        let answer = match self.callers.check(&path, method, request.extensions()) {
            Ok(()) => {
                let deadline = timeout(request.headers());
                let limit = method.map_or(MAX_REQUEST_BYTES, |method| method.max_request_bytes);
                let request = request.map(|body| Body::new(Limited::new(body, limit)));
                let answer = without_panic(self.routes.call(request));
                Either::Left(under_deadline(deadline, answer))
            }
            Err(status) => Either::Right(ready(refusal(&status))),
        };
        measured(path, answer)
    }
}

impl Service<Request<Body>> for Calls {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<Body>>::poll_ready(&mut self.routes, context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let span = served_call(&request);
        let answer = self.answer(request);
        if span.is_none() {
            return answer.map(Ok).boxed();
        }
        let traced = async move {
            let answer = answer.instrument(span.clone()).await;
            called(&span, Ok(&answer));
            Ok(answer)
        };
        traced.boxed()
    }
}

/// Records how long the call took and its code, even if its caller does not wait for the end.
async fn measured(path: String, answer: impl Future<Output = Response<Body>>) -> Response<Body> {
    let measurement = Measurement::start(path);
    let answer = answer.await;
    measurement.end(&answer);
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
