//! Mutual TLS between the processes: the own certificate and key, and the certificate authorities whose certificates
//! are accepted. The files are read again while the process runs.

mod anchors;
mod certificate;
mod expiry;
mod files;
mod identity;
mod peer;
mod reload;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::watch;
use tokio_rustls::rustls::{ClientConfig, ServerConfig};

pub(crate) use peer::Peer;

use crate::config::ConfigError;
use crate::{Clock, SystemClock};
use identity::Identity;

/// The `[tls]` section. All files are PEM, and are read again when they change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate of this process, and its chain below the certificate authority. The DNS names of the first
    /// certificate are the names under which this process calls and is called.
    pub certificate: PathBuf,
    /// The private key of the certificate.
    pub key: PathBuf,
    /// The certificate authorities whose certificates are accepted; several while one replaces another.
    pub ca: PathBuf,
}

/// The own identity and the accepted authorities, as they are now. Clones share one reader of the files.
#[derive(Debug, Clone)]
pub struct Tls {
    identity: watch::Receiver<Arc<Identity>>,
    revision: watch::Receiver<u64>,
    clock: Arc<dyn Clock>,
}

impl Tls {
    /// Reads the files, and again whenever they change, until the last clone is dropped. Files that do not fit each
    /// other are an error here; later they are logged, and the earlier ones stay in use.
    pub fn load(config: &TlsConfig) -> Result<Self, ConfigError> {
        Self::load_with(config, Arc::new(SystemClock))
    }

    /// [`load`](Self::load), if there is a `[tls]` section.
    pub fn load_if_set(config: Option<&TlsConfig>) -> Result<Option<Self>, ConfigError> {
        config.map(Self::load).transpose()
    }

    pub(crate) fn load_with(
        config: &TlsConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let (identity, revision) = reload::follow(config.clone(), Arc::clone(&clock))?;
        Ok(Self {
            identity,
            revision,
            clock,
        })
    }

    /// The settings for the next connection that is accepted: TLS 1.3 and HTTP/2, with a certificate of the client.
    #[must_use]
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.identity.borrow().server)
    }

    /// The settings for the next connection that is made: TLS 1.3 and HTTP/2. The certificate of the server must have
    /// the name that the connection is made with, which is that of the service and not of its host.
    #[must_use]
    pub fn client_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.identity.borrow().client)
    }

    /// Rises whenever the certificate or the authorities were replaced. Connections from before keep the old ones.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.revision.clone()
    }

    /// The names in the own certificate.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.identity.borrow().names.clone()
    }
}
