//! Where a database is.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use url::Url;

use super::{OpenError, postgres};

/// The characters that would end the path of a URL, or begin an escape in it.
const NOT_IN_PATH: AsciiSet = CONTROLS.add(b'?').add(b'#').add(b'%').add(b' ');

/// The `[database]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://USER@HOST/DATABASE`, or `sqlite:///PATH` (created when missing). One database for each service.
    /// PostgreSQL on another machine is connected to by TLS, and its certificate verified.
    pub url: String,
    /// File that holds the Postgres password; absent: none, or as the URL says.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// PEM file with the certificate authorities of PostgreSQL's certificate; absent: the public ones only.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// PEM file with a certificate for PostgreSQL; absent: none is sent.
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    /// PEM file with the private key of `certificate`.
    #[serde(default)]
    pub key: Option<PathBuf>,
    /// Allows an `sslmode` in the URL that does not verify a PostgreSQL on another machine. Default false.
    #[serde(default)]
    pub allow_insecure: bool,
    /// Largest number of connections, 1 or more; default 10.
    #[serde(default = "default_max_connections")]
    pub max_connections: u32,
}

fn default_max_connections() -> u32 {
    10
}

impl DatabaseConfig {
    /// A SQLite file.
    #[must_use]
    pub fn sqlite(path: &Path) -> Self {
        let path = path.to_string_lossy();
        Self::new(format!(
            "sqlite://{}",
            utf8_percent_encode(&path, &NOT_IN_PATH)
        ))
    }

    /// The database at `url`, with defaults for everything else.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            password_file: None,
            ca: None,
            certificate: None,
            key: None,
            allow_insecure: false,
            max_connections: default_max_connections(),
        }
    }

    /// Which of the two kinds it is.
    pub(super) fn is_sqlite(&self) -> Result<bool, OpenError> {
        match self.url.split(':').next() {
            Some("sqlite") => Ok(true),
            Some("postgres" | "postgresql") => Ok(false),
            _ => Err(OpenError::UnknownScheme),
        }
    }

    pub(super) fn sqlite_path(&self) -> PathBuf {
        let path = self
            .url
            .trim_start_matches("sqlite:")
            .trim_start_matches("//");
        let path = path.split('?').next().unwrap_or(path);
        let decoded: Cow<'_, str> = percent_decode_str(path).decode_utf8_lossy();
        PathBuf::from(decoded.into_owned())
    }

    /// The name of the database in errors: its file, or its host and name, without the password.
    pub(super) fn name(&self) -> String {
        if matches!(self.is_sqlite(), Ok(true)) {
            return self.sqlite_path().display().to_string();
        }
        let Ok(url) = Url::parse(&self.url) else {
            return "the database".to_owned();
        };
        let port = url.port().map(|port| format!(":{port}"));
        let host = url.host_str().unwrap_or_default();
        format!("{host}{}{}", port.unwrap_or_default(), url.path())
    }

    /// The options that the library connects with.
    pub(super) fn connect_url(&self) -> Result<String, OpenError> {
        if self.is_sqlite()? {
            return Ok(self.url.clone());
        }
        postgres::connect_url(self)
    }

    /// The password in the file, if one is named.
    pub(super) fn password(&self) -> Result<Option<String>, OpenError> {
        let Some(path) = &self.password_file else {
            return Ok(None);
        };
        let password = std::fs::read_to_string(path).map_err(|source| OpenError::PasswordFile {
            path: path.clone(),
            source,
        })?;
        Ok(Some(password.trim_end().to_owned()))
    }
}
