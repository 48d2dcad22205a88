//! The files of the `[tls]` section.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use aws_lc_rs::digest::{Context, Digest, SHA256};
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::TlsConfig;
use crate::config::ConfigError;

/// The contents of all three files, read one after the other. They need not fit each other.
pub(super) struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
    ca: Vec<u8>,
}

impl Files {
    pub(super) fn read(config: &TlsConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            certificate: read("tls.certificate", &config.certificate)?,
            key: read("tls.key", &config.key)?,
            ca: read("tls.ca", &config.ca)?,
        })
    }

    /// Equal for equal contents; the key itself is not kept.
    pub(super) fn fingerprint(&self) -> Vec<u8> {
        let mut context = Context::new(&SHA256);
        for file in [&self.certificate, &self.key, &self.ca] {
            context.update(&file.len().to_be_bytes());
            context.update(file);
        }
        Digest::as_ref(&context.finish()).to_owned()
    }

    pub(super) fn chain(
        &self,
        config: &TlsConfig,
    ) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
        certificates("tls.certificate", &config.certificate, &self.certificate)
    }

    pub(super) fn authorities(
        &self,
        config: &TlsConfig,
    ) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
        certificates("tls.ca", &config.ca, &self.ca)
    }

    pub(super) fn key(&self, config: &TlsConfig) -> Result<PrivateKeyDer<'static>, ConfigError> {
        PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| {
            let absent = "has no private key in PEM (-----BEGIN PRIVATE KEY-----)";
            invalid("tls.key", &config.key, &problem(&error, absent))
        })
    }
}

/// A problem of the file that a setting names.
pub(super) fn invalid(setting: &str, path: &Path, problem: &str) -> ConfigError {
    ConfigError::invalid(setting, format!("{}: {problem}", path.display()))
}

fn read(setting: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    match fs::read(path) {
        Ok(bytes) if bytes.is_empty() => Err(invalid(setting, path, "is empty")),
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let problem =
                "does not exist; make it with `doorward certificates`, or correct the path";
            Err(invalid(setting, path, problem))
        }
        Err(error) => Err(invalid(setting, path, &format!("cannot be read: {error}"))),
    }
}

fn certificates(
    setting: &str,
    path: &Path,
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let absent = "has no certificate in PEM (-----BEGIN CERTIFICATE-----)";
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.and_then(|found| {
        if found.is_empty() {
            Err(PemError::NoItemsFound)
        } else {
            Ok(found)
        }
    });
    found.map_err(|error| invalid(setting, path, &problem(&error, absent)))
}

/// The texts of the library are lists of bytes, and may quote the file.
fn problem(error: &PemError, absent: &str) -> String {
    match error {
        PemError::NoItemsFound => absent.to_owned(),
        PemError::MissingSectionEnd { .. } => {
            "is cut off: its last -----END line is missing".into()
        }
        _ => "is not PEM".into(),
    }
}
