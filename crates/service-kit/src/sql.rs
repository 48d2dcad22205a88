//! SQL pools on Postgres and SQLite through sqlx's `Any` driver.
//!
//! Queries are written once for both: `$1` placeholders, TEXT and BIGINT columns (booleans are 0 and 1, instants are
//! milliseconds since 1970), `ON CONFLICT`, `RETURNING`.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool, Executor, Transaction};

/// The `[database]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://USER@HOST/DATABASE`, or `sqlite:///PATH` (created when missing). One database for each service.
    pub url: String,
    /// File that holds the Postgres password; absent: none, or as the URL says.
    #[serde(default)]
    pub password_file: Option<std::path::PathBuf>,
    /// Largest number of connections; default 10.
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
        Self {
            url: format!("sqlite://{}", path.display()),
            password_file: None,
            max_connections: default_max_connections(),
        }
    }
}

/// A database that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither Postgres nor SQLite.
    #[error("database.url must begin with postgres:// or sqlite://")]
    UnknownScheme,
    /// A file beside the database cannot be used.
    #[error("database file {path}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("the database cannot be opened")]
    Connect(#[source] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("the database schema cannot be brought up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

/// A pool, and which kind of database it leads to.
#[derive(Debug, Clone)]
pub struct Database {
    pool: AnyPool,
    sqlite: bool,
}

impl Database {
    /// Opens the database and brings its schema up to date, behind a lock: processes that start together wait.
    pub async fn open(config: &DatabaseConfig, migrator: &Migrator) -> Result<Self, OpenError> {
        install_default_drivers();
        let sqlite = config.url.starts_with("sqlite:");
        if !sqlite && !config.url.starts_with("postgres:") && !config.url.starts_with("postgresql:")
        {
            return Err(OpenError::UnknownScheme);
        }
        // Postgres locks by itself while it migrates (an advisory lock); SQLite needs a file for it.
        let _lock = if sqlite {
            Some(lock_file(&config.url).await?)
        } else {
            None
        };
        let pool = AnyPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(Duration::from_secs(2))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    let settings = if sqlite {
                        "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON"
                    } else {
                        "SET statement_timeout = '5s'"
                    };
                    connection.execute(settings).await?;
                    Ok(())
                })
            })
            .connect(&connect_url(config)?)
            .await
            .map_err(OpenError::Connect)?;
        migrator.run(&pool).await.map_err(OpenError::Migrate)?;
        Ok(Self { pool, sqlite })
    }

    /// For single statements.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// A transaction that will write. SQLite takes its write lock at once, for a lock taken later is refused rather than
    /// waited for when somebody else wrote in between.
    pub async fn begin_write(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        if self.sqlite {
            self.pool.begin_with("BEGIN IMMEDIATE").await
        } else {
            self.pool.begin().await
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
        // 57*: the server is starting, stopping, or cut a statement that took too long; 53*: out of resources;
        // 5: SQLite is busy.
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| code.starts_with("57") || code.starts_with("53") || code == "5"),
        _ => false,
    }
}

/// Whether a row with that key was there before.
#[must_use]
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

fn sqlite_path(url: &str) -> &str {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    path.split('?').next().unwrap_or(path)
}

/// Waits on a thread of its own: one that runs tasks may be needed by the task that holds the lock.
async fn lock_file(url: &str) -> Result<std::fs::File, OpenError> {
    let path = format!("{}.lock", sqlite_path(url));
    let name = path.clone();
    let lock = move || {
        let file = std::fs::File::create(name)?;
        file.lock()?;
        Ok(file)
    };
    tokio::task::spawn_blocking(lock)
        .await
        .unwrap_or_else(|panic| Err(panic.into()))
        .map_err(|source| OpenError::File { path, source })
}

fn connect_url(config: &DatabaseConfig) -> Result<String, OpenError> {
    let Some(password_file) = &config.password_file else {
        let create = config.url.starts_with("sqlite:") && !config.url.contains('?');
        return Ok(if create {
            format!("{}?mode=rwc", config.url)
        } else {
            config.url.clone()
        });
    };
    let password = std::fs::read_to_string(password_file).map_err(|source| OpenError::File {
        path: password_file.display().to_string(),
        source,
    })?;
    let mut url = url::Url::parse(&config.url).map_err(|_| OpenError::UnknownScheme)?;
    url.set_password(Some(password.trim_end()))
        .map_err(|()| OpenError::UnknownScheme)?;
    Ok(url.into())
}
