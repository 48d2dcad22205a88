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
