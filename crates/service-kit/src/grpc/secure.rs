//! Accepting mutual TLS. A handshake is a task of its own, so that no peer keeps others from being accepted, and counts
//! as a connection that may have to give way.

mod refusals;
mod stream;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, stream as streams};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::Error;

pub(super) use stream::SecureStream;

use crate::connections::{Accept, GuardedStream, Listener};
use crate::tls::{Peer, Tls};
use refusals::Refusals;

/// Connections that were accepted and not yet taken by the HTTP/2 server.
const READY: usize = 16;

/// The connections of a listener whose peers have shown an accepted certificate, and begin HTTP/2, within `patience`.
pub(super) fn secured<A>(
    listener: Listener<A>,
    tls: Tls,
    patience: Duration,
) -> impl Stream<Item = io::Result<SecureStream<A::Stream>>>
where
    A: Accept + Send + Sync + 'static,
    A::Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (ready, accepted) = mpsc::channel(READY);
    let door = Door {
        tls,
        patience,
        ready,
        refusals: Arc::default(),
    };
    let mut accepting = JoinSet::new();
    accepting.spawn(door.open(listener));
    // When the stream is dropped, so is the listener, and with it all handshakes.
    streams::unfold(
        (accepted, accepting),
        |(mut accepted, accepting)| async move {
            let stream = accepted.recv().await?;
            Some((Ok(stream), (accepted, accepting)))
        },
    )
}

struct Door<S> {
    tls: Tls,
    patience: Duration,
    ready: mpsc::Sender<SecureStream<S>>,
    refusals: Arc<Refusals>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Door<S> {
    async fn open<A: Accept<Stream = S>>(self, mut listener: Listener<A>) {
        let mut handshakes = JoinSet::new();
        loop {
            let (stream, peer) = listener.next().await;
            let greeting = self.greet(stream, peer);
            // mutant: handshakes-in-the-accept-loop
            handshakes.spawn(greeting);
            while handshakes.try_join_next().is_some() {}
        }
    }

    fn greet(
        &self,
        stream: GuardedStream<S>,
        peer: Option<SocketAddr>,
    ) -> impl Future<Output = ()> + Send + use<S> {
        let (tls, ready) = (self.tls.clone(), self.ready.clone());
        let refusals = Arc::clone(&self.refusals);
        let stream = stream.with_opening_within(self.patience);
        async move {
            match shake_hands(stream, tls).await {
                Ok(stream) => drop(ready.send(stream).await),
                Err(error) => refusals.count(peer, &error),
            }
        }
    }
}

/// With the certificates and authorities of this moment.
async fn shake_hands<S>(stream: GuardedStream<S>, tls: Tls) -> io::Result<SecureStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let acceptor = TlsAcceptor::from(tls.server_config());
    let stream = acceptor.accept(stream).await?;
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let peer = Peer::new(chain).map_err(|error: Error| io::Error::other(error))?;
    Ok(SecureStream::new(stream, peer, tls))
}
