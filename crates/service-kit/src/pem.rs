//! PEM files for libraries that would not name the file that they cannot use.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The kind of a PEM file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pem {
    /// One certificate or several.
    Certificate,
    /// A private key of any form.
    PrivateKey,
}

impl Pem {
    fn mark(self) -> &'static str {
        match self {
            Self::Certificate => "-----BEGIN CERTIFICATE-----",
            Self::PrivateKey => "PRIVATE KEY-----",
        }
    }
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PemFileError {
    /// The file cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The file has other content.
    #[error("{} has no {mark}", path.display())]
    Other {
        /// Which one.
        path: PathBuf,
        /// The missing line.
        mark: &'static str,
    },
}

/// A certificate as PEM text (RFC 7468 §5), from the base64 text of its DER form.
#[must_use]
pub fn certificate_pem(base64: &str) -> String {
    let lines = base64.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

/// Reads a file that must have this kind of content.
pub fn read_pem(path: &Path, kind: Pem) -> Result<String, PemFileError> {
    let text = fs::read_to_string(path).map_err(|reason| PemFileError::Unreadable {
        path: path.to_owned(),
        reason,
    })?;
    if text.contains(kind.mark()) {
        return Ok(text);
    }
    Err(PemFileError::Other {
        path: path.to_owned(),
        mark: kind.mark(),
    })
}
