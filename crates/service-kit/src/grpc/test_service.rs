//! A service for tests that does as the name of its method says.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Ready, ready};
use http::{Request, Response};
use hyper::body::Frame;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Bytes};
use tonic::server::NamedService;
use tonic::{Code, Status};
use tower::Service;

use super::calls::refusal;
use super::with_deadline;
use crate::deadline::time_left;

/// How long a test waits for an event, enough for a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for what is asked again and again.
pub(super) async fn eventually(is_so: impl AsyncFn() -> bool) {
    let waited = async {
        while !is_so().await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waited).await.unwrap();
}

#[derive(Debug, Clone, Default)]
pub(super) struct TestService {
    pub(super) pauses: Pauses,
    /// Held by the calls in flight.
    #[expect(dead_code, reason = "only its end matters")]
    held: Arc<()>,
}

/// Where `Wait` stands still.
#[derive(Debug, Clone, Default)]
pub(super) struct Pauses {
    pub(super) begun: Arc<Notify>,
    pub(super) end: Arc<Notify>,
}

impl TestService {
    /// A service, and what is gone once neither it nor a call of it is left.
    pub(super) fn watched() -> (Self, Weak<()>) {
        let service = Self::default();
        let held = Arc::new(());
        let dropped = Arc::downgrade(&held);
        (Self { held, ..service }, dropped)
    }
}

impl NamedService for TestService {
    const NAME: &'static str = "test.Test";
}

impl Service<Request<Body>> for TestService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let service = self.clone();
        async move { Ok(service.answer(request.uri().path()).await) }.boxed()
    }
}

impl TestService {
    async fn answer(&self, path: &str) -> Response<Body> {
        match path {
            "/test.Test/Answer" => Response::new(Body::empty()),
            "/test.Test/Refuse" => refusal(&Status::not_found("none")),
            "/test.Test/TimeLeft" => {
                let left = time_left().map(|left| left.as_secs());
                refusal(&Status::already_exists(format!("{left:?}")))
            }
            "/test.Test/Panic" => panic!("as asked"),
            "/test.Test/PanicInMessages" => Response::new(Body::new(Panics)),
            "/test.Test/Hang" => std::future::pending().await,
            "/test.Test/Wait" => {
                self.pauses.begun.notify_one();
                self.pauses.end.notified().await;
                Response::new(Body::empty())
            }
            _ => refusal(&Status::unimplemented("")),
        }
    }
}

/// Answers every method of `token-signing`.
#[derive(Debug, Clone)]
pub(super) struct Allowed;

impl NamedService for Allowed {
    const NAME: &'static str = "doorward.token_signing.v1.TokenSigningService";
}

impl Service<Request<Body>> for Allowed {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(Body::empty())))
    }
}

struct Panics;

impl HttpBody for Panics {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        panic!("as asked")
    }
}

pub(super) fn request(method: &str, deadline: Option<Duration>) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = format!("/test.Test/{method}").parse().unwrap();
    if let Some(deadline) = deadline {
        let metadata = with_deadline((), deadline).metadata().clone();
        *request.headers_mut() = metadata.into_headers();
    }
    request
}

pub(super) fn code(answer: &Response<Body>) -> Code {
    Status::from_header_map(answer.headers()).map_or(Code::Ok, |status| status.code())
}
