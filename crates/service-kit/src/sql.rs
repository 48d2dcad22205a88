//! SQL pools on Postgres and SQLite through sqlx's `Any` driver.
//!
//! Queries are written once for both: `$1` placeholders, TEXT and BIGINT columns (booleans are 0 and 1, instants are
//! milliseconds since 1970), `ON CONFLICT`, `RETURNING`.

mod config;
mod error;
mod migrations;
mod sqlite_file;

use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Transaction};

pub use config::DatabaseConfig;
pub use error::{OpenError, is_unavailable, is_unique_violation};
pub use migrations::migrator;

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
const SQLITE_SETTINGS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON";
const POSTGRES_SETTINGS: &str = "SET statement_timeout = '5s'";

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
        let sqlite = config.is_sqlite()?;
        if config.max_connections == 0 {
            return Err(OpenError::NoConnections);
        }
        // Postgres locks by itself while it migrates (an advisory lock); SQLite needs a file for it.
        let _lock = if sqlite {
            Some(sqlite_file::prepare(&config.sqlite_path()).await?)
        } else {
            None
        };
        let url = config.connect_url()?;
        let settings = if sqlite {
            SQLITE_SETTINGS
        } else {
            POSTGRES_SETTINGS
        };
        // A pool says no more than that it timed out; a single connection says why.
        check(&url, settings).await.map_err(OpenError::Connect)?;
        let pool = AnyPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
            })
            .connect(&url)
            .await
            .map_err(OpenError::Connect)?;
        migrator.run(&pool).await.map_err(OpenError::migrate)?;
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

async fn check(url: &str, settings: &'static str) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    connection.execute(settings).await?;
    connection.close().await
}

#[cfg(test)]
mod tests;
