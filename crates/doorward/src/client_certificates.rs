//! The certificate with which a command calls services that use mutual TLS.

use std::path::PathBuf;

use doorward_service_kit::config;
use doorward_service_kit::tls::{Tls, TlsConfig};
use serde::Deserialize;

use crate::error::Error;

/// The options. One folder is enough, and the environment may name it.
#[derive(Debug, clap::Args)]
pub(crate) struct ClientCertificates {
    /// Folder with tls.crt, tls.key and ca.crt, to call services by mutual TLS; or the environment variable
    /// `DOORWARD_CERTIFICATES`
    #[arg(long, value_name = "DIR", conflicts_with = "tls_cert")]
    certificates: Option<PathBuf>,
    /// Certificate (PEM) of this command for services, instead of --certificates
    #[arg(long, value_name = "FILE", requires = "tls_key", requires = "tls_ca")]
    tls_cert: Option<PathBuf>,
    /// Private key (PEM) of --tls-cert
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Certificate authorities (PEM) of the services, beside --tls-cert
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_ca: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Environment {
    certificates: Option<PathBuf>,
}

impl ClientCertificates {
    /// Reads the files; `None` if none are named. Needs a Tokio runtime.
    pub(crate) fn load(self) -> Result<Option<Tls>, Error> {
        let files = match (self.tls_cert, self.tls_key, self.tls_ca) {
            (Some(certificate), Some(key), Some(ca)) => Some(TlsConfig {
                certificate,
                key,
                ca,
            }),
            _ => folder(self.certificates)?.map(|folder| TlsConfig {
                certificate: folder.join("tls.crt"),
                key: folder.join("tls.key"),
                ca: folder.join("ca.crt"),
            }),
        };
        Ok(Tls::load_if_set(files.as_ref())?)
    }
}

fn folder(option: Option<PathBuf>) -> Result<Option<PathBuf>, Error> {
    if option.is_some() {
        return Ok(option);
    }
    let environment: Environment = config::load(None)?;
    Ok(environment.certificates)
}
