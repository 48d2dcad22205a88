//! Channels to other services.

use std::net::IpAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::{BoxFuture, Either};
use http::Response;
use tonic::Request;
use tonic::body::Body;
use tonic::transport::{self, Endpoint};
use tower::Service;
use url::{Host, Url};

use super::address::{AddressError, unix_path};
use super::in_memory::InMemory;
use crate::tls::Tls;

/// A dead peer is noticed within the sum of these.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(2);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(1);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);

/// An address that cannot be called.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// Not a URL of the form `http://HOST:PORT` or `unix:/PATH`.
    #[error("{0:?} is not an address of the form http://HOST:PORT or unix:/PATH")]
    Malformed(String),
    /// Not the path of a socket.
    #[error(transparent)]
    BadPath(#[from] AddressError),
    /// Plain gRPC leaves the machine.
    #[error(
        "{0} is not a loopback address; other addresses need mutual TLS, which is not built yet"
    )]
    NotLoopback(String),
}

/// How a service is called: over a socket, or in this process. Clones share it.
#[derive(Debug, Clone)]
pub struct Channel(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Network(transport::Channel),
    InMemory(InMemory),
}

impl From<InMemory> for Channel {
    fn from(routes: InMemory) -> Self {
        Self(Kind::InMemory(routes))
    }
}

type NetworkAnswer = <transport::Channel as Service<http::Request<Body>>>::Future;

impl Service<http::Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = transport::Error;
    type Future = Either<NetworkAnswer, BoxFuture<'static, Result<Response<Body>, Self::Error>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        match &mut self.0 {
            Kind::Network(channel) => channel.poll_ready(context),
            Kind::InMemory(_) => Poll::Ready(Ok(())),
        }
    }

    /// The place for additions to each request that leaves the process, such as the trace it is part of.
    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        match &mut self.0 {
            Kind::Network(channel) => Either::Left(channel.call(request)),
            Kind::InMemory(routes) => Either::Right(routes.call(request)),
        }
    }
}

/// A channel to the service with this name, the name in its certificate. It connects when it is first used and again
/// whenever the peer comes back.
pub fn connect(
    address: &str,
    _service: &'static str,
    _tls: Option<&Tls>,
) -> Result<Channel, ChannelError> {
    let malformed = || ChannelError::Malformed(address.to_owned());
    if let Some(path) = unix_path(address) {
        path?;
        let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|_| malformed())?;
        return Ok(over(endpoint));
    }
    let url = Url::parse(address).map_err(|_| malformed())?;
    if url.scheme() != "http" {
        return Err(malformed());
    }
    let loopback = match url.host().ok_or_else(malformed)? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => IpAddr::V4(ip).is_loopback(),
        Host::Ipv6(ip) => IpAddr::V6(ip).is_loopback(),
    };
    if !loopback {
        return Err(ChannelError::NotLoopback(address.to_owned()));
    }
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|_| malformed())?;
    Ok(over(endpoint))
}

fn over(endpoint: Endpoint) -> Channel {
    let endpoint = endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .keep_alive_while_idle(true);
    Channel(Kind::Network(endpoint.connect_lazy()))
}

/// A request that both sides give up after `deadline`.
pub fn with_deadline<T>(message: T, deadline: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(deadline);
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_loopback_is_called_without_tls() {
        for good in [
            "http://127.0.0.1:7001",
            "http://[::1]:7001",
            "http://localhost:7001",
            "unix:/run/doorward/session.sock",
            "unix:///run/doorward/session.sock",
        ] {
            assert!(connect(good, "session", None).is_ok(), "{good}");
        }
        for bad in [
            "http://10.0.0.1:7001",
            "http://session:7001",
            "127.0.0.1:7001",
            "https://localhost:1",
            "unix:session.sock",
        ] {
            assert!(connect(bad, "session", None).is_err(), "{bad}");
        }
    }
}
