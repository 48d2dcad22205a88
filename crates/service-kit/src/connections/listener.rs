//! Accepting connections, whatever happens.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use super::table::Table;
use super::{ConnectionLimits, GuardedStream};
use crate::open_files::{OpenFiles, at_most};

/// After a failed accept, for example without a free file descriptor.
const PAUSE: Duration = Duration::from_millis(50);

/// A socket that accepts connections.
pub trait Accept {
    /// The accepted connection.
    type Stream;

    /// The next connection and the address of its peer, if peers have addresses.
    fn accept(&self)
    -> impl Future<Output = io::Result<(Self::Stream, Option<SocketAddr>)>> + Send;
}

impl Accept for TcpListener {
    type Stream = TcpStream;

    /// With `TCP_NODELAY`: otherwise an answer that leaves in two writes waits for the peer's delayed acknowledgement,
    /// which takes 40 ms.
    async fn accept(&self) -> io::Result<(TcpStream, Option<SocketAddr>)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        stream.set_nodelay(true)?;
        Ok((stream, Some(peer)))
    }
}

impl Accept for UnixListener {
    type Stream = UnixStream;

    async fn accept(&self) -> io::Result<(UnixStream, Option<SocketAddr>)> {
        let (stream, _) = UnixListener::accept(self).await?;
        Ok((stream, None))
    }
}

/// A socket whose connections are limited in number and in time.
#[derive(Debug)]
pub struct Listener<A> {
    socket: A,
    limits: ConnectionLimits,
    table: Arc<Table>,
    failing: bool,
}

impl<A: Accept> Listener<A> {
    /// `name` labels its metrics; `exempt` are networks without a limit for each address. At most half of the files
    /// that the process may open are connections, whatever `limits` say.
    #[must_use]
    pub fn new(
        name: &'static str,
        socket: A,
        limits: ConnectionLimits,
        exempt: Vec<IpNet>,
    ) -> Self {
        Self::with_part(name, socket, limits, exempt, OpenFiles::Half)
    }

    pub(crate) fn with_part(
        name: &'static str,
        socket: A,
        mut limits: ConnectionLimits,
        exempt: Vec<IpNet>,
        part: OpenFiles,
    ) -> Self {
        limits.max = at_most(limits.max, part);
        tracing::debug!(listener = name, connections = limits.max, "listening");
        Self {
            socket,
            table: Arc::new(Table::new(name, &limits, exempt)),
            limits,
            failing: false,
        }
    }

    /// The next connection that there is room for. Never fails: what keeps a connection from being accepted passes.
    pub async fn next(&mut self) -> (GuardedStream<A::Stream>, Option<SocketAddr>) {
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    self.failing = false;
                    if let Some(slot) = self.table.admit(peer.map(|peer| peer.ip())).await {
                        return (GuardedStream::new(stream, &self.limits, slot), peer);
                    }
                }
                Err(error) if is_of_peer(&error) => {}
                Err(error) => self.recover(&error).await,
            }
        }
    }

    pub(super) fn limits(&self) -> &ConnectionLimits {
        &self.limits
    }

    /// Frees a file descriptor, if an idle connection has one, and waits: this must not become a busy loop.
    async fn recover(&mut self, error: &io::Error) {
        self.table.count_failed_accept();
        if !self.failing {
            let listener = self.table.name();
            tracing::error!(listener, %error, "connections cannot be accepted, retrying");
        }
        self.failing = true;
        self.table.make_room(|_| true);
        tokio::time::sleep(PAUSE).await;
    }
}

/// The peer has gone before it was accepted.
fn is_of_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, InvalidInput, NotConnected};
    // The kernel says `InvalidInput` when an option is set on a connection that was reset meanwhile.
    let kinds = [
        ConnectionAborted,
        ConnectionReset,
        InvalidInput,
        NotConnected,
    ];
    kinds.contains(&error.kind())
}
