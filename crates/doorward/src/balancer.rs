//! Passes TCP connections on to all hosts behind one name, in turn. It sees only encrypted bytes.

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use doorward_service_kit::Shutdown;
use tokio::io::{AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The largest number of connections; more wait in the kernel's queue.
const MAX_CONNECTIONS: u32 = 4096;
/// A host that does not accept within this time is passed over.
const CONNECT: Duration = Duration::from_millis(500);
/// Once one side has ended, the other side has this long.
const HALF_OPEN: Duration = Duration::from_secs(20);
/// Connections may go on for this long when the process shall stop.
const DRAIN: Duration = Duration::from_secs(5);

/// The hosts behind a name, and whose turn it is.
#[derive(Debug)]
pub(crate) struct Balancer {
    to: String,
    turn: AtomicUsize,
    /// The addresses of the last successful lookup, for times when the name server does not answer.
    known: Mutex<Vec<SocketAddr>>,
}

impl Balancer {
    /// `to` is `HOST:PORT`.
    pub(crate) fn new(to: String) -> Self {
        Self {
            to,
            turn: AtomicUsize::new(0),
            known: Mutex::default(),
        }
    }

    /// Serves until `shutdown`, then lets connections end for a short time.
    pub(crate) async fn serve(self, listener: TcpListener, shutdown: Shutdown) {
        let this = Arc::new(self);
        let room = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
        while let Some((client, place)) = next(&listener, &room, &shutdown).await {
            let this = Arc::clone(&this);
            tokio::spawn(async move {
                match this.connect().await {
                    Ok(host) => pass_on(client, host).await,
                    Err(error) => tracing::warn!(%error, to = this.to, "no host accepts"),
                }
                drop(place);
            });
        }
        drop(listener);
        let _ = timeout(DRAIN, room.acquire_many(MAX_CONNECTIONS)).await;
    }

    /// A connection to the next host that accepts one.
    async fn connect(&self) -> io::Result<TcpStream> {
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in self.in_turn().await {
            match timeout(CONNECT, TcpStream::connect(address)).await {
                Ok(Ok(host)) => return Ok(host),
                Ok(Err(error)) => failure = error,
                Err(late) => failure = late.into(),
            }
        }
        Err(failure)
    }

    async fn in_turn(&self) -> Vec<SocketAddr> {
        let mut addresses = self.addresses().await;
        if !addresses.is_empty() {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed) % addresses.len();
            addresses.rotate_left(turn);
        }
        addresses
    }

    async fn addresses(&self) -> Vec<SocketAddr> {
        let found = lookup_host(&self.to).await.map(Vec::from_iter);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(mut found) = found {
            // The order of a name server's answer is random, and would spoil the turns.
            found.sort_unstable();
            *known = found;
        }
        known.clone()
    }
}

/// The next connection, and its place among all. `None` after `shutdown`.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    shutdown: &Shutdown,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let accepted = async {
        let place = Arc::clone(room).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((client, _)) => return Some((client, place)),
                // No file is left, or the peer has gone already.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    shutdown.run_until_cancelled(accepted).await.flatten()
}

/// Copies both ways until both sides have ended, or one has ended and the other takes too long.
async fn pass_on(mut client: TcpStream, mut host: TcpStream) {
    let _ = (client.set_nodelay(true), host.set_nodelay(true));
    let (mut from_client, mut to_client) = client.split();
    let (mut from_host, mut to_host) = host.split();
    let mut up = std::pin::pin!(async {
        let copied = copy(&mut from_client, &mut to_host).await;
        to_host.shutdown().await.and(copied.map(drop))
    });
    let mut down = std::pin::pin!(async {
        let copied = copy(&mut from_host, &mut to_client).await;
        to_client.shutdown().await.and(copied.map(drop))
    });
    tokio::select! {
        Ok(()) = &mut up => drop(timeout(HALF_OPEN, down).await),
        Ok(()) = &mut down => drop(timeout(HALF_OPEN, up).await),
        else => {}
    }
}
