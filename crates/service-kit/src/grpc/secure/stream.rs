//! A connection whose peer is known.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;

use crate::connections::{GuardedStream, PREFACE};
use crate::tls::{Peer, Tls};

/// A connection after its handshake. It fails once the certificate of its peer is no longer accepted.
pub(in crate::grpc) struct SecureStream<S> {
    inner: TlsStream<GuardedStream<S>>,
    peer: Peer,
    /// Bytes of the preface of HTTP/2 that the peer has still to send.
    missing: usize,
    /// `None` once it has ended.
    until_refused: Option<BoxFuture<'static, ()>>,
}

impl<S> SecureStream<S> {
    pub(super) fn new(inner: TlsStream<GuardedStream<S>>, peer: Peer, tls: Tls) -> Self {
        Self {
            inner,
            until_refused: Some(tls.until_refused(peer.clone()).boxed()),
            peer,
            missing: PREFACE,
        }
    }

    fn guarded(&mut self) -> &mut GuardedStream<S> {
        self.inner.get_mut().0
    }

    fn note_read(&mut self, bytes: usize) {
        if self.missing > 0 {
            self.missing = self.missing.saturating_sub(bytes);
            if self.missing == 0 {
                self.guarded().opened();
            }
        }
    }

    /// Ready once the peer is refused. Later calls are ready too.
    fn poll_refused(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if let Some(until_refused) = &mut self.until_refused {
            std::task::ready!(until_refused.poll_unpin(cx));
            self.until_refused = None;
            self.guarded().count_closed("certificate");
            let peer = self.peer.names().join(" ");
            tracing::info!(target: "audit", peer, "connection closed: the certificate of the peer is no longer accepted");
        }
        Poll::Ready(refused())
    }
}

fn refused() -> io::Error {
    io::Error::new(
        ErrorKind::ConnectionAborted,
        "the certificate of the peer is no longer accepted",
    )
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for SecureStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // mutant: refused-peers-stay-connected
        let refused = this.poll_refused(cx);
        if let Poll::Ready(error) = refused {
            return Poll::Ready(Err(error));
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut this.inner).poll_read(cx, buf);
        if read.is_ready() {
            this.note_read(buf.filled().len() - before);
        }
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for SecureStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
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
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

impl<S> Connected for SecureStream<S> {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}
