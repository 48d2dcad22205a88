//! A connection whose peer has to read, and, for gRPC, to begin in time.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::transport::server::Connected;

use super::ConnectionLimits;
use super::progress::Progress;
use super::table::Slot;

/// Bytes that an HTTP/2 client sends first: the preface and the head of a SETTINGS frame (RFC 9113 §3.4).
pub(crate) const PREFACE: usize = 24 + 9;

/// An accepted connection. It fails once its peer has not read for too long, and has its place in the limits of its
/// listener until it is dropped.
#[derive(Debug)]
pub struct GuardedStream<S> {
    inner: S,
    write_timeout: Duration,
    /// Running while the peer has not read all that was written.
    behind: Option<Pin<Box<Sleep>>>,
    opening: Option<Opening>,
    progress: Option<Arc<Progress>>,
    slot: Arc<Slot>,
}

/// The bytes that a gRPC peer must still send before its connection counts as used.
#[derive(Debug)]
struct Opening {
    missing: usize,
    late: Pin<Box<Sleep>>,
    give_way: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<S> GuardedStream<S> {
    pub(super) fn new(inner: S, limits: &ConnectionLimits, slot: Slot) -> Self {
        Self {
            inner,
            write_timeout: limits.write(),
            behind: None,
            opening: None,
            progress: None,
            slot: Arc::new(slot),
        }
    }

    /// The same connection, which must begin with the preface of HTTP/2 within `patience`.
    pub(crate) fn with_preface_within(self, patience: Duration) -> Self {
        self.with_opening(PREFACE, patience)
    }

    /// The same connection, on which [`opened`](Self::opened) must be called within `patience`.
    pub(crate) fn with_opening_within(self, patience: Duration) -> Self {
        self.with_opening(usize::MAX, patience)
    }

    fn with_opening(mut self, missing: usize, patience: Duration) -> Self {
        self.opening = Some(Opening {
            missing,
            late: Box::pin(sleep(patience)),
            give_way: Box::pin(self.slot.give_way().cancelled_owned()),
        });
        self
    }

    /// Tells `progress` of what arrives.
    pub(super) fn report_to(&mut self, progress: Arc<Progress>) {
        self.progress = Some(progress);
    }

    pub(super) fn slot(&self) -> Arc<Slot> {
        Arc::clone(&self.slot)
    }

    /// The connection itself.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    fn note_read(&mut self, bytes: usize) {
        if let Some(progress) = &self.progress
            && bytes > 0
        {
            progress.note_read();
        }
        if let Some(opening) = &mut self.opening {
            opening.missing = opening.missing.saturating_sub(bytes);
            if opening.missing == 0 {
                self.opened();
            }
        }
    }

    /// The peer has begun: the connection does not have to give way any more.
    pub(crate) fn opened(&mut self) {
        self.opening = None;
        self.slot.set_busy();
    }

    /// Counts this connection among those that are closed for this reason.
    pub(crate) fn count_closed(&self, reason: &'static str) {
        self.slot.count_closed(reason);
    }

    /// Whether the peer has not begun in time, or has to give way to another one before it begins.
    fn poll_too_late(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let Some(opening) = &mut self.opening else {
            return Poll::Pending;
        };
        if opening.give_way.as_mut().poll(cx).is_ready() {
            return Poll::Ready(io::ErrorKind::ConnectionAborted.into());
        }
        if opening.late.as_mut().poll(cx).is_ready() {
            self.slot.count_closed("first_request");
            return Poll::Ready(io::ErrorKind::TimedOut.into());
        }
        Poll::Pending
    }

    /// Begins to count when not all of `offered` bytes could be written, and stops when all could.
    fn judge(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
        offered: usize,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(count)) if count >= offered => self.behind = None,
            Poll::Ready(Err(_)) => {}
            Poll::Ready(Ok(_)) | Poll::Pending => {
                let timeout = self.write_timeout;
                let behind = self.behind.get_or_insert_with(|| Box::pin(sleep(timeout)));
                if behind.as_mut().poll(cx).is_ready() {
                    self.slot.count_closed("write");
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for GuardedStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.inner).poll_read(cx, buf);
        if read.is_ready() {
            this.note_read(buf.filled().len() - before);
        } else if let Poll::Ready(error) = this.poll_too_late(cx) {
            return Poll::Ready(Err(error));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GuardedStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(cx, buf);
        this.judge(cx, written, buf.len())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let offered = bufs.iter().map(|buf| buf.len()).sum();
        let written = Pin::new(&mut this.inner).poll_write_vectored(cx, bufs);
        this.judge(cx, written, offered)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

impl<S: Connected> Connected for GuardedStream<S> {
    type ConnectInfo = S::ConnectInfo;

    fn connect_info(&self) -> Self::ConnectInfo {
        self.inner.connect_info()
    }
}
