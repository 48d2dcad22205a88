//! One call over one connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use h2::{Reason, RecvStream};
use http::{Request, Response};
use hyper::body::Frame;
use tokio::time::Instant;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Bytes};
use tonic::{Code, Status};

use super::connection::Connection;
use crate::grpc::code_of;

/// A call that is given up after this long without an answer was late; one that is given up earlier was not wanted any
/// more.
const LATE: Duration = Duration::from_millis(200);

/// A call without an answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was not sent, or the peer said that it has not begun with it (RFC 9113 §6.8, §8.7).
    NotProcessed(h2::Error),
    /// The peer may have carried it out.
    Lost(h2::Error),
}

impl Failure {
    fn of_answer(error: h2::Error) -> Self {
        let is_refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
        if error.is_remote() && (error.is_go_away() || is_refused) {
            return Self::NotProcessed(error);
        }
        Self::Lost(error)
    }

    pub(super) fn status(self, service: &str) -> Status {
        let (Self::NotProcessed(error) | Self::Lost(error)) = self;
        lost(service, error)
    }
}

fn lost(service: &str, error: h2::Error) -> Status {
    let message = format!("the connection to {service} was lost: {error}");
    let mut status = Status::unavailable(message);
    status.set_source(Arc::new(error));
    status
}

/// Sends a request and returns the head of its answer. Dropped before, the call is cancelled at the peer.
pub(super) async fn exchange(
    connection: Arc<Connection>,
    service: &'static str,
    request: Request<()>,
    message: Bytes,
) -> Result<Response<Body>, Failure> {
    let mut call = Call::begin(connection);
    let answer = {
        let sender = call.connection.sender.clone().ready().await;
        let mut sender = sender.map_err(|error| call.refused(error))?;
        let sent = sender.send_request(request, message.is_empty());
        let (answer, mut stream) = sent.map_err(|error| call.refused(error))?;
        if !message.is_empty() {
            // Fails only if the stream has ended, and `answer` says why.
            let _ = stream.send_data(message, true);
        }
        answer
    };
    let answer = answer.await.map_err(Failure::of_answer);
    call.end_waiting(answer.as_ref().ok());
    let answer = answer?;
    Ok(answer.map(|stream| {
        Body::new(Messages {
            service,
            stream,
            is_data_over: false,
            _call: call,
        })
    }))
}

/// A call in flight.
#[derive(Debug)]
struct Call {
    connection: Arc<Connection>,
    /// Since when it waits for its answer.
    waits_since: Option<Instant>,
}

impl Call {
    fn begin(connection: Arc<Connection>) -> Self {
        connection.begin_call();
        Self {
            connection,
            waits_since: Some(Instant::now()),
        }
    }

    fn refused(&mut self, error: h2::Error) -> Failure {
        self.waits_since = None;
        self.connection.health.set_over();
        Failure::NotProcessed(error)
    }

    fn end_waiting<T>(&mut self, answer: Option<&Response<T>>) {
        self.waits_since = None;
        let Some(answer) = answer else { return };
        if code_of(answer) == Code::Unavailable {
            self.connection.health.note_failure();
        } else {
            self.connection.health.note_answer();
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.connection.end_call();
        if self
            .waits_since
            .is_some_and(|since| since.elapsed() >= LATE)
        {
            self.connection.health.note_failure();
        }
    }
}

/// The messages of an answer, and its trailers.
#[derive(Debug)]
struct Messages {
    service: &'static str,
    stream: RecvStream,
    is_data_over: bool,
    _call: Call,
}

impl HttpBody for Messages {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if !this.is_data_over {
            match ready!(this.stream.poll_data(cx)) {
                Some(Ok(data)) => {
                    // Fails only if the stream has ended.
                    let _ = this.stream.flow_control().release_capacity(data.len());
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(lost(this.service, error)))),
                None => this.is_data_over = true,
            }
        }
        let trailers = ready!(this.stream.poll_trailers(cx));
        let trailers = trailers.map_err(|error| lost(this.service, error));
        Poll::Ready(trailers.map(|found| found.map(Frame::trailers)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }
}
