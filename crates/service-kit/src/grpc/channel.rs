//! Channels to other services.
//!
//! Over a socket, a channel keeps one connection to each replica of its service (ADR 32). `members` looks up the
//! replicas, a `keeper` for each of them connects it, a `driver` moves the bytes of a connection; a call passes
//! the `circuit`, takes a connection from the `pool` and makes an `exchange` over it.

mod backoff;
mod circuit;
mod connection;
mod driver;
mod exchange;
mod health;
mod keeper;
mod members;
mod network;
mod peer;
mod pool;
mod resolve;
mod target;
#[cfg(test)]
mod tests;
mod times;
mod tried;
mod view;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::Response;
use tokio_rustls::rustls::pki_types::ServerName;
use tonic::body::Body;
use tonic::{Request, Status};
use tower::Service;
use tracing::Instrument;

pub use self::circuit::is_circuit_open;
use self::network::Network;
use self::peer::Security;
use self::pool::Pool;
use self::target::Target;
use self::times::Times;
pub use self::tried::{Attempts, attempts};
use super::address::AddressError;
use super::in_memory::InMemory;
use crate::tls::Tls;
use crate::trace::{called, outgoing_call, propagate};

/// An address that cannot be called.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// Not a URL of the form `https://HOST:PORT`, `http://HOST:PORT` or `unix:/PATH`.
    #[error(
        "{0:?} is not an address of the form https://HOST:PORT, http://HOST:PORT or unix:/PATH"
    )]
    Malformed(String),
    /// Not the path of a socket.
    #[error(transparent)]
    BadPath(#[from] AddressError),
    /// Plain gRPC leaves the machine.
    #[error("{0} is not a loopback address; other addresses need https:// and certificates")]
    NotLoopback(String),
    /// TLS without certificates of this process.
    #[error(
        "{0} needs a certificate of this process: set [tls] in its settings, or --certificates for a command"
    )]
    NoCertificate(String),
    /// Plain gRPC although this process has certificates.
    #[error("{0} is not encrypted; with certificates, addresses begin with https:// or unix:")]
    NotEncrypted(String),
}

/// How a service is called: over a socket, or in this process. Clones share it.
#[derive(Debug, Clone)]
pub struct Channel(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Network(Network),
    InMemory(InMemory),
}

impl From<InMemory> for Channel {
    fn from(routes: InMemory) -> Self {
        Self(Kind::InMemory(routes))
    }
}

impl Service<http::Request<Body>> for Channel {
    type Response = Response<Body>;
    /// `UNAVAILABLE` or `DEADLINE_EXCEEDED`; tonic hands it to the caller as it is.
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Body>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    /// The place for additions to each request that leaves the process.
    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let span = outgoing_call(request.uri().path());
        let answer = match &mut self.0 {
            Kind::Network(network) => {
                propagate(&span, request.headers_mut());
                network.call(request)
            }
            Kind::InMemory(routes) => routes.call(request),
        };
        if span.is_none() {
            return answer;
        }
        let traced = async move {
            let answer = answer.instrument(span.clone()).await;
            called(&span, answer.as_ref());
            answer
        };
        traced.boxed()
    }
}

/// A channel to all replicas of a service. It connects when it is first used and again whenever a replica comes back.
/// `service` is the name that the certificate of each replica must have, whatever host the address names.
pub fn connect(
    address: &str,
    service: &'static str,
    tls: Option<&Tls>,
) -> Result<Channel, ChannelError> {
    let target = Target::parse(address, tls.is_some())?;
    let malformed = |_| ChannelError::Malformed(address.to_owned());
    let name = ServerName::try_from(service).map_err(malformed)?;
    let security = tls.filter(|_| target.is_secure).map(|tls| Security {
        tls: tls.clone(),
        name,
    });
    let pool = Pool::new(service, security, Times::default());
    let network = Network::new(pool, Arc::new(target.place));
    Ok(Channel(Kind::Network(network)))
}

/// A request that both sides give up after `deadline`.
pub fn with_deadline<T>(message: T, deadline: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(deadline);
    request
}
