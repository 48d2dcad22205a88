//! Helpers for listening: early errors for ports in use, and waiting until a server accepts connections.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

use doorward_service_kit::reachable;
use tokio::net::{TcpListener as AsyncListener, TcpStream};
use tokio::time::timeout;

use crate::error::Error;

/// A health check that takes longer fails.
const HEALTH: Duration = Duration::from_secs(2);

/// Returns an error with the flag if listening on the address fails.
pub(crate) fn probe(flag: &'static str, address: SocketAddr) -> Result<(), Error> {
    let listened = TcpListener::bind(address);
    listened.map(drop).map_err(|source| Error::Listen {
        flag,
        address,
        source,
    })
}

/// Listens on the address. An error names the flag.
pub(crate) async fn bind(flag: &'static str, address: SocketAddr) -> Result<AsyncListener, Error> {
    let bound = AsyncListener::bind(address).await;
    bound.map_err(|source| Error::Listen {
        flag,
        address,
        source,
    })
}

/// Returns an error unless a process on this host accepts connections at the address.
pub(crate) async fn accepts(address: SocketAddr) -> Result<(), Error> {
    let connecting = timeout(HEALTH, TcpStream::connect(reachable(address)));
    match connecting.await {
        Ok(Ok(_)) => Ok(()),
        _ => Err(Error::Refused(format!(
            "nothing accepts connections at {address}"
        ))),
    }
}

/// The other address that `localhost` may resolve to; `None` for an address that is not loopback.
pub(crate) fn other_loopback(address: SocketAddr) -> Option<SocketAddr> {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::LOCALHOST) => Ipv4Addr::LOCALHOST.into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, address.port()))
}

/// Waits until the address accepts connections.
pub(crate) async fn until_accepting(address: SocketAddr) {
    let address = reachable(address);
    while TcpStream::connect(address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
