//! Addresses of services, as settings and options give them.

use std::net::SocketAddr;
use std::path::PathBuf;

use url::{Host, Url};

use super::ChannelError;
use crate::grpc::address::unix_path;
use crate::is_loopback_host;

/// Where a service is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) place: Place,
    /// Mutual TLS, or nothing.
    pub(super) is_secure: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Unix(PathBuf),
    Address(SocketAddr),
    /// All addresses of a name are replicas.
    Name(String, u16),
}

impl Target {
    /// Over TCP, an address that begins with `https://` if the process has certificates; without them a loopback
    /// address that begins with `http://`.
    pub(super) fn parse(address: &str, has_certificates: bool) -> Result<Self, ChannelError> {
        if let Some(path) = unix_path(address) {
            let (place, is_secure) = (Place::Unix(path?), false);
            return Ok(Self { place, is_secure });
        }
        let malformed = || ChannelError::Malformed(address.to_owned());
        let url = Url::parse(address).map_err(|_| malformed())?;
        let is_secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(malformed()),
        };
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
        let host = url.host().filter(|_| is_bare).ok_or_else(malformed)?;
        if is_secure && !has_certificates {
            return Err(ChannelError::NoCertificate(address.to_owned()));
        }
        if !is_secure && has_certificates {
            return Err(ChannelError::NotEncrypted(address.to_owned()));
        }
        if !is_secure && !url.host_str().is_some_and(is_loopback_host) {
            return Err(ChannelError::NotLoopback(address.to_owned()));
        }
        let port = url.port_or_known_default().ok_or_else(malformed)?;
        let place = match host {
            Host::Domain(name) => Place::Name(name.to_owned(), port),
            Host::Ipv4(ip) => Place::Address((ip, port).into()),
            Host::Ipv6(ip) => Place::Address((ip, port).into()),
        };
        Ok(Self { place, is_secure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_173_only_loopback_is_called_without_tls() {
        for good in [
            "http://127.0.0.1:7001",
            "http://[::1]:7001",
            "http://localhost:7001",
            "unix:/run/doorward/session.sock",
            "unix:///run/doorward/session.sock",
        ] {
            assert!(Target::parse(good, false).is_ok(), "{good}");
        }
        for bad in [
            "http://10.0.0.1:7001",
            "http://session:7001",
            "https://session:7001",
            "https://localhost:1",
            "127.0.0.1:7001",
            "http://127.0.0.1:7001/path",
            "ftp://127.0.0.1:7001",
            "unix:session.sock",
        ] {
            assert!(Target::parse(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn sec_173_with_certificates_all_tcp_is_encrypted() {
        for good in [
            "https://session:7003",
            "https://10.0.0.1:7003",
            "https://[::1]:7003/",
        ] {
            assert!(Target::parse(good, true).unwrap().is_secure, "{good}");
        }
        let unix = Target::parse("unix:/run/session.sock", true).unwrap();
        assert!(!unix.is_secure);
        for bad in ["http://session:7003", "http://127.0.0.1:7003"] {
            assert!(Target::parse(bad, true).is_err(), "{bad}");
        }
    }
}
