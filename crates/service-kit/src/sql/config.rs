//! Where a database is.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use url::Url;

use super::OpenError;

/// The characters that would end the path of a URL, or begin an escape in it.
const NOT_IN_PATH: AsciiSet = CONTROLS.add(b'?').add(b'#').add(b'%').add(b' ');

/// The `[database]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://USER@HOST/DATABASE`, or `sqlite:///PATH` (created when missing). One database for each service.
    pub url: String,
    /// File that holds the Postgres password; absent: none, or as the URL says.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
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
        Self {
            url: format!("sqlite://{}", utf8_percent_encode(&path, &NOT_IN_PATH)),
            password_file: None,
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

    /// The URL with the password in it.
    pub(super) fn connect_url(&self) -> Result<String, OpenError> {
        let Some(path) = &self.password_file else {
            return Ok(self.url.clone());
        };
        let password = std::fs::read_to_string(path).map_err(|source| OpenError::PasswordFile {
            path: path.clone(),
            source,
        })?;
        let mut url = Url::parse(&self.url).map_err(|_| OpenError::UnknownScheme)?;
        url.set_password(Some(password.trim_end()))
            .map_err(|()| OpenError::UnknownScheme)?;
        Ok(url.into())
    }
}
