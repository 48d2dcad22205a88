//! Messages and trailers.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::Frame;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Bytes};
use tower::Service;

use super::support::{Name, PATIENCE, Replica, channel, times};
use crate::grpc::test_service::request;

const CHUNK: usize = 100_000;
/// A method that takes 64 MiB.
const ECHO: &str = "/doorward.client_registry.v1.ClientRegistryService/ApplyTenant";

/// A message in several parts.
struct Parts(usize);

impl HttpBody for Parts {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        if self.0 == 0 {
            return Poll::Ready(None);
        }
        self.0 -= 1;
        let byte = u8::try_from(self.0 % 256).unwrap();
        Poll::Ready(Some(Ok(Frame::data(vec![byte; CHUNK].into()))))
    }
}

async fn read(mut body: Body) -> Vec<u8> {
    let mut read = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        if let Ok(data) = frame.unwrap().into_data() {
            read.extend_from_slice(&data);
        }
    }
    read
}

/// Larger than the windows of a stream and of a connection, many times.
#[tokio::test]
async fn long_messages_arrive_whole() {
    let replica = Replica::start(1).await;
    let channel = channel(&Name::of(&[replica.address]), times());
    for parts in [0, 1, 120, 120, 120] {
        let mut message = request("Echo", Some(PATIENCE)).map(|_| Body::new(Parts(parts)));
        *message.uri_mut() = ECHO.parse().unwrap();
        let answer = channel.clone().call(message).await.unwrap();
        let read = read(answer.into_body()).await;
        assert_eq!(read.len(), parts * CHUNK);
        let expected = (0..parts)
            .rev()
            .map(|part| u8::try_from(part % 256).unwrap());
        assert!(expected.eq(read.chunks(CHUNK).map(|chunk| chunk[0])));
    }
}
