//! Serving HTTP/1.1 and HTTP/2 on a limited listener.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future, Ready, poll_fn, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::header::{CONNECTION, HeaderValue};
use ::http::{Request, Response, Version};
use futures::FutureExt;
use hyper::body::Body;
pub use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Service, ServiceExt};

use super::progress::{AnswerBody, Late, Progress};
use super::{GuardedStream, Listener};
use crate::Shutdown;

/// When the process shall stop, connections are still accepted, and idle ones kept, for this long: requests that are on
/// their way get their answers, and with each answer the peer is told to use another connection.
const LAST_REQUESTS: Duration = Duration::from_secs(1);
/// A request that is being answered when the process shall stop has this long.
const DRAIN: Duration = Duration::from_secs(20);
/// A peer whose connection shall end has this long to agree, unless a request is being answered.
const FAREWELL: Duration = Duration::from_secs(1);
const MAX_HEADER_BYTES: u32 = 64 * 1024;
const MAX_STREAMS: u32 = 128;
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

type BoxError = Box<dyn Error + Send + Sync>;

/// Serves until `shutdown`, then lets requests in flight finish. `handshake` turns what was accepted into what HTTP is
/// spoken on; `service` makes the service for a peer.
pub async fn serve<H, F, I, M, S, B>(
    mut listener: Listener<tokio::net::TcpListener>,
    handshake: H,
    service: M,
    shutdown: Shutdown,
) where
    H: Fn(GuardedStream<TcpStream>) -> F + Clone + Send + 'static,
    F: Future<Output = io::Result<I>> + Send + 'static,
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    M: Fn(SocketAddr) -> S,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
    B: Body<Data: Send, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    let builder = Arc::new(builder());
    let (tasks, at_once) = (TaskTracker::new(), CancellationToken::new());
    let stop = Stop {
        begins: shutdown,
        idle_end: CancellationToken::new(),
    };
    let limits = *listener.limits();
    let spawn = |(mut stream, peer): (GuardedStream<TcpStream>, Option<SocketAddr>)| {
        let Some(peer) = peer else { return };
        let progress = Arc::new(Progress::new(limits, stream.slot()));
        stream.report_to(Arc::clone(&progress));
        let connection = Connection {
            progress,
            builder: Arc::clone(&builder),
            stop: stop.clone(),
        };
        let served = connection.serve(handshake.clone(), stream, service(peer));
        let at_once = at_once.clone();
        tasks.spawn(async move { at_once.run_until_cancelled(served).await });
    };
    loop {
        tokio::select! {
            () = stop.begins.cancelled() => break,
            accepted = listener.next() => spawn(accepted),
        }
    }
    tasks.close();
    let mut last_requests = pin!(sleep(LAST_REQUESTS));
    loop {
        tokio::select! {
            () = tasks.wait() => break,
            () = &mut last_requests => break,
            accepted = listener.next() => spawn(accepted),
        }
    }
    // Those that the kernel has accepted would be reset.
    while let Some(accepted) = listener.next().now_or_never() {
        spawn(accepted);
    }
    drop(listener);
    stop.idle_end.cancel();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!("requests were still being answered after {DRAIN:?}");
        at_once.cancel();
    }
}

/// No handshake: HTTP is spoken on the connection itself.
pub fn plain(stream: GuardedStream<TcpStream>) -> Ready<io::Result<GuardedStream<TcpStream>>> {
    ready(Ok(stream))
}

/// Times are bounded by [`Progress`], which knows all of a connection, rather than by hyper.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(MAX_HEADER_BYTES as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_BYTES)
        .keep_alive_interval(Some(PING_INTERVAL))
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}

/// The end of a process.
#[derive(Debug, Clone)]
struct Stop {
    /// Peers are told with the answers that they get.
    begins: Shutdown,
    /// Connections without a request are closed.
    idle_end: CancellationToken,
}

/// One of them, from its acceptance to its end.
struct Connection {
    progress: Arc<Progress>,
    builder: Arc<Builder<TokioExecutor>>,
    stop: Stop,
}

impl Connection {
    async fn serve<H, F, I, S, B>(self, handshake: H, stream: GuardedStream<TcpStream>, service: S)
    where
        H: Fn(GuardedStream<TcpStream>) -> F,
        F: Future<Output = io::Result<I>>,
        I: AsyncRead + AsyncWrite + Unpin + 'static,
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data: Send, Error: Into<BoxError>> + Unpin + Send + 'static,
    {
        let mut clock = Clock::new(&self.progress);
        let give_way = self.progress.slot().give_way();
        let stream = tokio::select! {
            biased;
            () = self.stop.idle_end.cancelled() => return,
            () = give_way.cancelled() => return,
            shaken = handshake(stream) => match shaken {
                Ok(stream) => stream,
                Err(_of_peer) => return,
            },
            late = clock.strikes(&self.progress) => return self.count(late),
        };
        let (progress, stops) = (Arc::clone(&self.progress), self.stop.begins.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let version = request.version();
            let in_flight = progress.begin_request(version);
            let answer = service.clone().oneshot(request);
            let stops = stops.clone();
            async move {
                let mut answer = answer.await?;
                if version < Version::HTTP_2 && stops.is_cancelled() {
                    let close = HeaderValue::from_static("close");
                    answer.headers_mut().insert(CONNECTION, close);
                }
                Ok::<_, Infallible>(answer.map(|body| AnswerBody::new(body, in_flight)))
            }
        });
        let http = self.builder.serve_connection(TokioIo::new(stream), service);
        let mut http = pin!(http);
        let (mut ending, mut told) = (false, false);
        loop {
            tokio::select! {
                biased;
                _ended = &mut http => return,
                () = self.stop.idle_end.cancelled(), if !ending => {}
                () = self.stop.begins.cancelled(), if !ending && !told => {
                    told = true;
                    // In HTTP/2 a request that crosses the message is answered, or the peer sends it again
                    // (RFC 9113 §6.8).
                    if !self.progress.is_http2() {
                        continue;
                    }
                }
                () = give_way.cancelled(), if !ending => {
                    if self.progress.is_new() {
                        return;
                    }
                }
                late = clock.strikes(&self.progress) => {
                    self.count(late);
                    // These peers are told: they may have more requests, or (RFC 9113 §6.8) have sent too many.
                    if ending || !matches!(late, Late::Age | Late::Idle | Late::Abandoned) {
                        return;
                    }
                }
            }
            ending = true;
            clock.end();
            http.as_mut().graceful_shutdown();
        }
    }

    fn count(&self, late: Late) {
        if late != Late::End {
            self.progress.slot().count_closed(late.reason());
        }
    }
}

/// Wakes a connection when it is late.
struct Clock {
    sleep: Pin<Box<Sleep>>,
    /// Since when the connection shall end.
    ending: Option<Instant>,
}

impl Clock {
    fn new(progress: &Progress) -> Self {
        Self {
            sleep: Box::pin(sleep_until(progress.due().0)),
            ending: None,
        }
    }

    fn end(&mut self) {
        self.ending = Some(Instant::now());
    }

    async fn strikes(&mut self, progress: &Progress) -> Late {
        poll_fn(|cx| self.poll(cx, progress)).await
    }

    /// Looks at each poll whether the deadline has moved: a request begins in the task of its connection, so it is
    /// polled then. Deadlines that move later without a poll are seen when the earlier one strikes.
    fn poll(&mut self, cx: &mut Context<'_>, progress: &Progress) -> Poll<Late> {
        loop {
            let (due, late) = self.due(progress);
            if self.sleep.deadline() != due {
                self.sleep.as_mut().reset(due);
            }
            match self.sleep.as_mut().poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) if self.due(progress).0 <= Instant::now() => {
                    return Poll::Ready(late);
                }
                Poll::Ready(()) => {}
            }
        }
    }

    fn due(&self, progress: &Progress) -> (Instant, Late) {
        let due = progress.due();
        let end_of_life = progress.end_of_life();
        match (self.ending, progress.idle_since()) {
            // What is left of the last answer may still have to be written.
            (Some(since), Some(idle_since)) => (since.max(idle_since) + FAREWELL, Late::End),
            (None, _) if end_of_life < due.0 => (end_of_life, Late::Age),
            _ => due,
        }
    }
}
