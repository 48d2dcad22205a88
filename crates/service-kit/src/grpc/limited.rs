//! Requests of a limited size.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Bytes};

/// Before each message, its flag and length.
const PREFIX: usize = 5;

/// The body of a request with one message. What comes after the limit is not read.
#[derive(Debug)]
pub(super) struct Limited {
    body: Body,
    left: usize,
}

impl Limited {
    pub(super) fn new(body: Body, max_message: usize) -> Self {
        Self {
            body,
            left: max_message.saturating_add(PREFIX),
        }
    }
}

impl HttpBody for Limited {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            // mutant: large-messages-accepted
            let Some(left) = self.left.checked_sub(data.len()) else {
                self.body = Body::empty();
                let refusal = Status::out_of_range("the request is too large");
                return Poll::Ready(Some(Err(refusal)));
            };
            self.left = left;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tonic::Code;

    use super::*;

    async fn read(bytes: usize, max_message: usize) -> Result<usize, Code> {
        let mut body = Limited::new(Body::new("x".repeat(bytes)), max_message);
        let mut count = 0;
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let frame = frame.map_err(|status| status.code())?;
            count += frame.data_ref().map_or(0, Bytes::len);
        }
        Ok(count)
    }

    #[tokio::test]
    async fn sec_178_a_request_ends_at_its_limit() {
        assert_eq!(read(0, 0).await, Ok(0));
        assert_eq!(read(PREFIX + 10, 10).await, Ok(PREFIX + 10));
        assert_eq!(read(PREFIX + 11, 10).await, Err(Code::OutOfRange));
    }
}
