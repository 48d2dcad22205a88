//! Channels to other services.

use std::net::IpAddr;
use std::time::Duration;

use tonic::Request;
use tonic::transport::{Channel, Endpoint};
use url::{Host, Url};

use super::address::unix_path;

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
    #[error("{0}")]
    BadPath(String),
    /// Plain gRPC leaves the machine.
    #[error(
        "{0} is not a loopback address; other addresses need mutual TLS, which is not built yet"
    )]
    NotLoopback(String),
}

/// A channel that connects when it is first used and again whenever the peer comes back.
pub fn connect(address: &str) -> Result<Channel, ChannelError> {
    let malformed = || ChannelError::Malformed(address.to_owned());
    if let Some(path) = unix_path(address) {
        path.map_err(ChannelError::BadPath)?;
        let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|_| malformed())?;
        return Ok(tune(endpoint).connect_lazy());
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
    Ok(tune(endpoint).connect_lazy())
}

pub(super) fn tune(endpoint: Endpoint) -> Endpoint {
    endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .keep_alive_while_idle(true)
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
            assert!(connect(good).is_ok(), "{good}");
        }
        for bad in [
            "http://10.0.0.1:7001",
            "http://session:7001",
            "127.0.0.1:7001",
            "https://localhost:1",
            "unix:session.sock",
        ] {
            assert!(connect(bad).is_err(), "{bad}");
        }
    }
}
