//! How databases fail.

use std::path::PathBuf;

use sqlx::migrate::MigrateError;

/// A database that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither Postgres nor SQLite.
    #[error("database.url must begin with postgres:// or sqlite://")]
    UnknownScheme,
    /// A pool that can never give a connection.
    #[error("database.max_connections must be 1 or more")]
    NoConnections,
    /// The file of a SQLite database cannot be used.
    #[error("database.url: the file {} cannot be used", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file with the password cannot be read.
    #[error("database.password_file {} cannot be read", path.display())]
    PasswordFile {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A setting cannot be used.
    #[error("{key} {problem}")]
    Setting {
        /// Which one.
        key: &'static str,
        /// The problem.
        problem: String,
    },
    /// The database refused.
    #[error("database.url: {database} cannot be opened")]
    Connect {
        /// Its file, or its host and name.
        database: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The certificate of the database is not one of its host, or of another authority.
    #[error(
        "database.url: the certificate of the database is not trusted; database.ca must be its authority, and the host in the URL one of its names"
    )]
    Untrusted(#[source] sqlx::Error),
    /// The schema is not one that this version made.
    #[error(
        "database.url: {database} cannot be used: it belongs to another service, to a newer version of this one, \
         or to a build from before the first release; start with an empty database or data folder"
    )]
    OtherSchema {
        /// Its file, or its host and name.
        database: String,
        /// Why.
        source: MigrateError,
    },
    /// The schema cannot be brought up to date.
    #[error("database.url: the schema of {database} cannot be brought up to date")]
    Migrate {
        /// Its file, or its host and name.
        database: String,
        /// Why.
        source: MigrateError,
    },
}

impl OpenError {
    pub(super) fn setting(key: &'static str, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self::Setting { key, problem }
    }

    pub(super) fn connect(database: &str, source: sqlx::Error) -> Self {
        // The library wraps the error of TLS as one of input and output.
        if source.to_string().contains("invalid peer certificate") {
            return Self::Untrusted(source);
        }
        let database = database.to_owned();
        Self::Connect { database, source }
    }

    pub(super) fn migrate(database: &str, source: MigrateError) -> Self {
        let database = database.to_owned();
        match source {
            MigrateError::VersionMismatch(_) | MigrateError::VersionMissing(_) => {
                Self::OtherSchema { database, source }
            }
            _ => Self::Migrate { database, source },
        }
    }
}

/// Whether the database did not answer, as opposed to answering with an error.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // 57*: the server is starting, stopping, or cut a statement that took too long; 53*: out of resources.
        sqlx::Error::Database(server) => {
            let code = server.code().unwrap_or_default();
            code.starts_with("57")
                || code.starts_with("53")
                || matches!(sqlite_code(error), Some(SQLITE_BUSY | SQLITE_FULL))
        }
        _ => false,
    }
}

const SQLITE_BUSY: u32 = 5;
const SQLITE_FULL: u32 = 13;

/// Whether another connection holds a lock on the SQLite file.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    sqlite_code(error) == Some(SQLITE_BUSY)
}

/// SQLite's primary result code, which is the low byte of an extended one. `SQLSTATE`s have five characters.
fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    let number: u32 = code.parse().ok()?;
    (code.len() < 5).then_some(number & 0xff)
}

/// Whether a row with that key was there before.
#[must_use]
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
