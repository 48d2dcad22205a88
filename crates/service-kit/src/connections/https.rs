//! The handshake of HTTPS, for servers that know no client certificates.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::{Accept, TlsAcceptor};

use super::GuardedStream;

/// A certificate that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum HttpsError {
    /// A file is missing, or holds something else.
    #[error("{}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: PemError,
    },
    /// The key does not fit the certificate.
    #[error("the certificate cannot be used with its key")]
    Mismatch(#[from] rustls::Error),
}

/// A certificate chain with its key. Clones share them.
#[derive(Clone)]
pub struct Https(TlsAcceptor);

impl std::fmt::Debug for Https {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Https")
    }
}

impl Https {
    /// Reads PEM files: the chain, and the private key of its first certificate.
    pub fn from_files(cert: &Path, key: &Path) -> Result<Self, HttpsError> {
        let unusable = |path: &Path| {
            let path = path.to_owned();
            |source| HttpsError::File { path, source }
        };
        let chain = CertificateDer::pem_file_iter(cert)
            .and_then(Iterator::collect)
            .map_err(unusable(cert))?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(unusable(key))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// The handshake on an accepted connection, for [`serve`](super::http::serve).
    pub fn accept(&self, stream: GuardedStream<TcpStream>) -> Accept<GuardedStream<TcpStream>> {
        self.0.accept(stream)
    }
}
