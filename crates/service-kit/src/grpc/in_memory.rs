//! Generated clients and servers in one process: a call goes straight into the routes, through the same layers as over
//! a socket.
//!
//! A call runs in the task of its caller. When the caller goes away or its deadline passes, the call is dropped, as the
//! HTTP/2 server drops it when its stream is reset. Panics do not reach the caller.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use http::{Request, Response};
use hyper::body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Bytes};
use tonic::service::Routes;

use super::Channel;
use super::callers::Callers;
use super::calls::{Calls, refusal};
use crate::Shutdown;

#[cfg(test)]
mod tests;

/// A channel into the routes, for calls that begin before `shutdown`. Those that are in flight then are finished.
#[must_use]
pub fn in_memory(routes: Routes, shutdown: Shutdown) -> Channel {
    InMemory {
        calls: Calls::new(routes, Callers::Local),
        shutdown,
    }
    .into()
}

/// Routes of this process.
#[derive(Debug, Clone)]
pub(super) struct InMemory {
    calls: Calls,
    shutdown: Shutdown,
}

impl InMemory {
    /// Never fails: every failure is an answer.
    pub(super) fn call<E: Send + 'static>(
        &mut self,
        request: Request<Body>,
    ) -> BoxFuture<'static, Result<Response<Body>, E>> {
        if self.shutdown.is_cancelled() {
            let stopped = Status::unavailable("the service has stopped");
            return ready(Ok(refusal(&stopped))).boxed();
        }
        let answer = self.calls.answer(request);
        answer
            .map(|answer| Ok(answer.map(|body| Body::new(Messages(body)))))
            .boxed()
    }
}

/// Messages that a service makes while its caller reads them. A panic there ends them with `INTERNAL`.
#[derive(Debug)]
struct Messages(Body);

impl HttpBody for Messages {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let body = Pin::new(&mut self.0);
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll_frame(context)));
        polled.unwrap_or_else(|_| {
            self.0 = Body::empty();
            Poll::Ready(Some(Err(Status::internal("internal error"))))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
