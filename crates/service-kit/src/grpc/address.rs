//! Where gRPC is served and called: loopback TCP addresses, and Unix sockets.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

const UNIX: &str = "unix:";
/// The maximum length of a path in `sockaddr_un`, without the final zero.
const MAX_PATH_BYTES: usize = 107;

/// A text that is not the address of a gRPC service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Neither of the two forms.
    #[error("{0:?} is neither HOST:PORT with a numeric host nor unix:/PATH/OF/SOCKET")]
    Malformed(String),
    /// A path that depends on the working directory, or none.
    #[error("{0:?}: must be the absolute path of a socket, as in unix:/run/doorward/session.sock")]
    NotAbsolute(String),
    /// A path that no socket can have.
    #[error("{0:?}: the path of a socket may have {MAX_PATH_BYTES} bytes")]
    TooLong(String),
}

/// An address that gRPC is served at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum GrpcAddress {
    /// A TCP port, for every local user.
    Tcp(SocketAddr),
    /// A Unix socket, for the user of the service only.
    Unix(PathBuf),
}

impl TryFrom<String> for GrpcAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        if let Some(path) = unix_path(&text) {
            return path.map(Self::Unix);
        }
        let address = text.parse().map(Self::Tcp);
        address.map_err(|_| AddressError::Malformed(text))
    }
}

impl From<SocketAddr> for GrpcAddress {
    fn from(address: SocketAddr) -> Self {
        Self::Tcp(address)
    }
}

impl fmt::Display for GrpcAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

/// The path in `unix:/…` or `unix:///…`; `None` for addresses of other forms.
pub(super) fn unix_path(address: &str) -> Option<Result<PathBuf, AddressError>> {
    let path = address.strip_prefix(UNIX)?;
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    Some(if !path.is_absolute() || path.file_name().is_none() {
        Err(AddressError::NotAbsolute(address.to_owned()))
    } else if path.as_os_str().len() > MAX_PATH_BYTES {
        Err(AddressError::TooLong(address.to_owned()))
    } else {
        Ok(path.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<GrpcAddress, AddressError> {
        text.to_owned().try_into()
    }

    #[test]
    fn addresses_are_read_and_printed() {
        for text in [
            "127.0.0.1:7001",
            "[::1]:7001",
            "unix:/run/doorward/session.sock",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        let socket = parse("unix:///run/session.sock").unwrap();
        assert_eq!(socket.to_string(), "unix:/run/session.sock");
    }

    #[test]
    fn other_addresses_are_refused() {
        let long = format!("unix:/{}", "a".repeat(107));
        for text in [
            "localhost:7001",
            "unix:session.sock",
            "unix:",
            "unix:/",
            &long,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
