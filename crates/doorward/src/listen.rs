//! Helpers for listening: early errors for ports in use, and waiting until a server accepts connections.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::error::Error;

/// Returns an error with the flag if listening on the address fails.
pub(crate) fn probe(flag: &'static str, address: SocketAddr) -> Result<(), Error> {
    let listened = TcpListener::bind(address);
    listened.map(drop).map_err(|source| Error::Listen {
        flag,
        address,
        source,
    })
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
pub(crate) async fn until_accepting(mut address: SocketAddr) {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    while TcpStream::connect(address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
