//! An HTTP/2 connection to one replica.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Poll;

use futures::FutureExt;
use h2::client::{Builder, SendRequest};
use h2::{Ping, PingPong};
use tokio_util::sync::CancellationToken;
use tonic::codegen::Bytes;

use super::driver::Driver;
use super::health::Health;
use super::peer::Stream;
use super::times::Times;

const STREAM_WINDOW: u32 = 2 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 5 * 1024 * 1024;
const MAX_HEADER_BYTES: u32 = 16 * 1024;

pub(super) type Http = h2::client::Connection<Box<dyn Stream>, Bytes>;

/// The part of a connection that calls use. It closes when the last of these and the last call are gone.
#[derive(Debug)]
pub(super) struct Connection {
    /// The number of its replica in this channel.
    pub(super) replica: u64,
    pub(super) sender: SendRequest<Bytes>,
    pub(super) health: Health,
    in_flight: AtomicUsize,
}

impl Connection {
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    pub(super) fn begin_call(&self) {
        self.in_flight.fetch_add(1, Relaxed);
    }

    pub(super) fn end_call(&self) {
        self.in_flight.fetch_sub(1, Relaxed);
    }
}

/// The part of a connection that the keeper of its replica uses.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) connection: Arc<Connection>,
    /// Cancelled by the driver once the connection takes no more calls.
    pub(super) over: CancellationToken,
    /// Cancelled to end the connection although calls are in flight.
    pub(super) cut: CancellationToken,
}

/// Speaks HTTP/2 on a stream, and waits for the first answer of the peer: a process that hangs or a socket that is only
/// in the queue of its kernel gets no calls.
pub(super) async fn establish(
    stream: Box<dyn Stream>,
    replica: u64,
    times: Times,
) -> io::Result<(Link, Driver)> {
    let handshake = builder().handshake(stream).await;
    let (sender, mut http): (_, Http) = handshake.map_err(io_error)?;
    let mut pings = http.ping_pong().ok_or(io::ErrorKind::Other)?;
    first_answer(&mut http, &mut pings).await?;
    let link = Link {
        connection: Arc::new(Connection {
            replica,
            sender: sender.clone(),
            health: Health::default(),
            in_flight: AtomicUsize::new(0),
        }),
        over: CancellationToken::new(),
        cut: CancellationToken::new(),
    };
    let (over, cut) = (link.over.clone(), link.cut.clone());
    let connection = Arc::downgrade(&link.connection);
    let driver = Driver::new(http, pings, sender, connection, over, cut, times);
    Ok((link, driver))
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(MAX_HEADER_BYTES)
        .enable_push(false);
    builder
}

async fn first_answer(http: &mut Http, pings: &mut PingPong) -> io::Result<()> {
    pings.send_ping(Ping::opaque()).map_err(io_error)?;
    let answered = poll_fn(|cx| match http.poll_unpin(cx) {
        Poll::Ready(Ok(())) => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
        Poll::Ready(Err(error)) => Poll::Ready(Err(io_error(error))),
        Poll::Pending => pings.poll_pong(cx).map_err(io_error),
    });
    answered.await.map(drop)
}

fn io_error(error: h2::Error) -> io::Error {
    if error.is_io() {
        return error.into_io().unwrap_or(io::ErrorKind::Other.into());
    }
    io::Error::other(error)
}
