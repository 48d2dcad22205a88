//! A bad network in front of a Redis server: slow, silent, or closed.

#[cfg(test)]
mod tests;

use std::io::{Error, ErrorKind};
use std::net::{Ipv4Addr, TcpListener as StdListener};
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

/// Chunks that may be under way in one direction of a connection.
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

/// A connection that is counted as open for as long as this lives.
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

/// Passes on what goes to and comes from a server, as well as its network is meant to be at the moment. It has a thread of
/// its own, so that a test may block without blocking it.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    /// Dropped first: the thread ends with it.
    network: Option<watch::Sender<Network>>,
    counts: Arc<Counts>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A good network in front of that port.
    #[must_use]
    pub fn start(server: u16) -> Self {
        let port = free_port();
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free");
        listener.set_nonblocking(true).expect("a socket");
        let (network, told) = watch::channel(Network::Good);
        let counts = Arc::new(Counts::default());
        let counter = Arc::clone(&counts);
        let thread = std::thread::spawn(move || run(listener, server, &told, &counter));
        Self {
            port,
            network: Some(network),
            counts,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// Every answer of the server comes that much later.
    pub fn delay(&self, by: Duration) {
        self.become_network(Network::Slow(by));
    }

    /// Nothing passes, and nobody is told; what was sent meanwhile arrives once all is well, as TCP has it.
    pub fn silence(&self) {
        self.become_network(Network::Silent);
    }

    /// Ends all connections, and new ones as soon as they are made; these are accepted, so that they can be counted. When this
    /// returns, no connection is open and nothing passes any more.
    pub fn close(&self) {
        self.become_network(Network::Closed);
        self.counts.wait_until_none_is_open();
    }

    /// All is well again.
    pub fn heal(&self) {
        self.become_network(Network::Good);
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.counts.accepted.load(Ordering::Relaxed)
    }

    /// How often anything was sent to the server so far, whether it arrived or not. Questions that are sent together count
    /// as one.
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
    server: u16,
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
            // Only the end of the sender is an error.
            _ = ended.wait_for(|_| false) => {}
        }
    });
}

async fn connect(
    client: TcpStream,
    server: u16,
    mut network: watch::Receiver<Network>,
    open: Open,
) {
    let closed = network.clone();
    let asked = &open.0.asked;
    let both = async {
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::select! {
            end = pass(from_client, to_server, closed.clone(), Some(asked)) => end,
            end = pass(from_server, to_client, closed, None) => end,
        }
    };
    // In this order: a connection that is accepted while the network is closed passes nothing.
    tokio::select! {
        biased;
        _ = network.wait_for(|network| *network == Network::Closed) => {}
        _ = both => {}
    }
    // The sockets are closed by now: `both` was the last to own them.
    drop(open);
}

/// Passes chunks on, each at its own time, so that a delay does not become a queue. Questions are counted, answers are late.
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
