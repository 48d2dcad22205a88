//! Opening a stream to one replica: TCP with or without TLS, or a Unix socket.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::tls::Tls;

/// The address of one replica.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Peer {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// A stream that HTTP/2 is spoken on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The own certificates, and the name that the certificate of the replica must have.
#[derive(Debug, Clone)]
pub(super) struct Security {
    pub(super) tls: Tls,
    pub(super) name: ServerName<'static>,
}

impl Peer {
    pub(super) async fn open(&self, security: Option<&Security>) -> io::Result<Box<dyn Stream>> {
        let address = match self {
            Self::Tcp(address) => address,
            Self::Unix(path) => return Ok(Box::new(UnixStream::connect(path).await?)),
        };
        let stream = TcpStream::connect(address).await?;
        // Otherwise a request that leaves in two writes waits 40 ms for the acknowledgement of the first.
        stream.set_nodelay(true)?;
        let Some(Security { tls, name }) = security else {
            return Ok(Box::new(stream));
        };
        let connector = TlsConnector::from(tls.client_config());
        let stream = connector.connect(name.clone(), stream).await?;
        Ok(Box::new(stream))
    }
}

/// Whether the certificate of the replica was refused, and not only the connection lost.
pub(super) fn is_refused_certificate(error: &io::Error) -> bool {
    let source = error.get_ref();
    source.is_some_and(|source| {
        matches!(
            source.downcast_ref(),
            Some(rustls::Error::InvalidCertificate(_))
        )
    })
}
