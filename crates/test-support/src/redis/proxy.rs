//! A faulty network in front of a server: slow, silent or closed.

#[cfg(test)]
mod tests;

use std::io::{Error, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::url;
use crate::free_port;

/// The maximum number of chunks in flight in one direction of a connection.
const UNDER_WAY: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Network {
    Good,
    Slow(Duration),
    Silent,
    Closed,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicUsize,
    asked: AtomicUsize,
    open: Mutex<usize>,
    ended: Condvar,
}

impl Counts {
    fn open(&self) -> MutexGuard<'_, usize> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until_none_is_open(&self) {
        let ended = self.ended.wait_while(self.open(), |open| *open > 0);
        drop(ended.unwrap_or_else(PoisonError::into_inner));
    }
}

/// Counts a connection as open until it is dropped.
#[derive(Debug)]
struct Open(Arc<Counts>);

impl Open {
    fn new(counts: &Arc<Counts>) -> Self {
        counts.accepted.fetch_add(1, Ordering::Relaxed);
        *counts.open() += 1;
        Self(Arc::clone(counts))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        *self.0.open() -= 1;
        self.0.ended.notify_all();
    }
}

/// Forwards the traffic of a server, with its current faults. It has its own thread, so that a
/// blocking test does not block it.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    /// Dropped first, which ends the thread.
    network: Option<watch::Sender<Network>>,
    counts: Arc<Counts>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A network without faults in front of the port.
    #[must_use]
    pub fn start(server: u16) -> Self {
        let listen = (Ipv4Addr::LOCALHOST, free_port()).into();
        Self::between(listen, (Ipv4Addr::LOCALHOST, server).into())
    }

    /// A network without faults between those who connect to the first address and a server at the second. With
    /// port 0 the system chooses a port.
    #[must_use]
    pub fn between(listen: SocketAddr, server: SocketAddr) -> Self {
        let listener = StdListener::bind(listen).expect("the port is free");
        let address = listener.local_addr().expect("it listens");
        listener.set_nonblocking(true).expect("a socket");
        let (network, told) = watch::channel(Network::Good);
        let counts = Arc::new(Counts::default());
        let counter = Arc::clone(&counts);
        let thread = std::thread::spawn(move || run(listener, server, &told, &counter));
        Self {
            address,
            network: Some(network),
            counts,
            thread: Some(thread),
        }
    }

    /// Its URL, for Redis.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address.port())
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Delays every response of the server.
    pub fn delay(&self, by: Duration) {
        self.become_network(Network::Slow(by));
    }

    /// Holds all traffic back without an error. Like with TCP, it arrives after [`heal`](Self::heal).
    pub fn silence(&self) {
        self.become_network(Network::Silent);
    }

    /// Closes all connections, and new ones right after accepting and counting them. When this returns, no connection
    /// is open and nothing is forwarded.
    pub fn close(&self) {
        self.become_network(Network::Closed);
        self.counts.wait_until_none_is_open();
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.become_network(Network::Good);
    }

    /// The number of connections so far.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.counts.accepted.load(Ordering::Relaxed)
    }

    /// The number of sends to the server so far, delivered or not. Requests that are sent together count as one.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.counts.asked.load(Ordering::Relaxed)
    }

    fn become_network(&self, network: Network) {
        let sender = self.network.as_ref().expect("it lives until it is dropped");
        sender.send_replace(network);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.network.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    listener: StdListener,
    server: SocketAddr,
    network: &watch::Receiver<Network>,
    counts: &Arc<Counts>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).expect("a socket");
        let mut ended = network.clone();
        let accept = async {
            while let Ok((client, _)) = listener.accept().await {
                let open = Open::new(counts);
                tokio::spawn(connect(client, server, network.clone(), open));
            }
        };
        tokio::select! {
            () = accept => {}
            // An error here means that the sender was dropped.
            _ = ended.wait_for(|_| false) => {}
        }
    });
}

async fn connect(
    client: TcpStream,
    server: SocketAddr,
    mut network: watch::Receiver<Network>,
    open: Open,
) {
    let closed = network.clone();
    let asked = &open.0.asked;
    let both = async {
        let server = TcpStream::connect(server).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::select! {
            end = pass(from_client, to_server, closed.clone(), Some(asked)) => end,
            end = pass(from_server, to_client, closed, None) => end,
        }
    };
    // The order matters: a connection accepted while the network is closed forwards nothing.
    tokio::select! {
        biased;
        _ = network.wait_for(|network| *network == Network::Closed) => {}
        _ = both => {}
    }
    // The sockets are closed: `both` was their last owner.
    drop(open);
}

/// Forwards chunks, each at its own time, so that delays do not add up. Counts requests and delays responses.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut network: watch::Receiver<Network>,
    asked: Option<&AtomicUsize>,
) -> Result<(), Error> {
    let (sender, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let now = network.clone();
    let read = async {
        loop {
            let mut chunk = vec![0; 16 * 1024];
            let length = from.read(&mut chunk).await?;
            if length == 0 {
                return Ok(());
            }
            chunk.truncate(length);
            let delay = match (*now.borrow(), asked) {
                (Network::Slow(delay), None) => delay,
                _ => Duration::ZERO,
            };
            if let Some(asked) = asked {
                asked.fetch_add(1, Ordering::Relaxed);
            }
            let chunk = (Instant::now() + delay, chunk);
            sender.send(chunk).await.map_err(|_| gone())?;
        }
    };
    let write = async {
        while let Some((at, chunk)) = under_way.recv().await {
            tokio::time::sleep_until(at).await;
            let speaks = network.wait_for(|network| *network != Network::Silent);
            drop(speaks.await.map_err(|_| gone())?);
            to.write_all(&chunk).await?;
        }
        Ok(())
    };
    tokio::select! {
        end = read => end,
        end = write => end,
    }
}

fn gone() -> Error {
    Error::from(ErrorKind::BrokenPipe)
}
