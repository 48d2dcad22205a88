//! SQL pools on Postgres and SQLite through sqlx's `Any` driver.
//!
//! Queries are written once for both: `$1` placeholders, TEXT and BIGINT columns (booleans are 0 and 1, instants are
//! milliseconds since 1970), `ON CONFLICT`, `RETURNING`.
//!
//! A SQLite file has one connection that writes and several that read. Writers of one process wait in a queue; another
//! process that writes to the same file is waited for by the first of them only.

mod backup;
mod config;
mod direct;
mod document;
mod error;
mod group_commit;
mod migrations;
mod open_databases;
mod postgres;
mod sqlite_file;
mod write_lock;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Row;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Transaction};

pub use backup::{BackupError, back_up, check_backup};
pub use config::DatabaseConfig;
use direct::DirectReader;
pub use document::merge_document;
pub use error::{OpenError, is_unavailable, is_unique_violation};
pub use group_commit::{GroupCommit, GroupedWrite};
use migrations::CONTRACT;
pub use migrations::migrator;
pub use open_databases::close_all;
pub(crate) use open_databases::measure_pools;
use write_lock::WriteLock;

use crate::grpc::StoreHealth;

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
const POSTGRES_SETTINGS: &str = "SET statement_timeout = '5s'";
/// Options of the connection that updates the schema. The journal mode is a property of the file. Temporary data of all
/// connections is kept in memory: in a container with a read-only root there may be no folder for it.
const SQLITE_SCHEMA_SETTINGS: &str =
    "PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL";
/// A statement that writes belongs to [`Database::begin_write`] and fails here, on an idle machine too.
const SQLITE_READER_SETTINGS: &str =
    "PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 5000; PRAGMA query_only = ON";
/// [`WriteLock`] waits instead of SQLite, which would block the connection's thread.
const SQLITE_WRITER_SETTINGS: &str = "PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 0";

/// Reads from the database itself, unlike `SELECT 1`, which SQLite answers without its file. sqlx keeps this table.
const HEALTH: &str = "SELECT version FROM _sqlx_migrations LIMIT 1";

/// The pools of one database. Clones share them.
#[derive(Debug, Clone)]
pub struct Database(Arc<Pools>);

#[derive(Debug)]
struct Pools {
    readers: AnyPool,
    writer: Writer,
    /// `None` for Postgres.
    direct: Option<DirectReader>,
}

#[derive(Debug)]
enum Writer {
    /// Postgres decides who waits for whom; the pool is the one for reading.
    Postgres,
    Sqlite(WriteLock),
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
        let name = config.name();
        let url = config.connect_url()?;
        migrate((&name, &url), sqlite, migrator).await?;
        let pools = if sqlite {
            Pools::of_sqlite(&url, config.sqlite_path(), config.max_connections).await
        } else {
            Pools::of_postgres(&url, config.max_connections).await
        };
        let pools = Arc::new(pools.map_err(|error| OpenError::connect(&name, error))?);
        open_databases::add(&pools);
        Ok(Self(pools))
    }

    /// For statements that only read; others fail on SQLite.
    #[must_use]
    pub fn reader(&self) -> &AnyPool {
        &self.0.readers
    }

    /// Finds at most one row of a SQLite file by a text, on this thread: for a lookup by an index, which takes some
    /// microseconds. The inner `None` says that there is no such row. The outer one says nothing: the file is busy or
    /// broken, or this is Postgres, and [`Database::reader`] waits for it, or says what is wrong.
    #[must_use]
    pub fn find_row<T>(&self, statement: &'static str, parameter: &str) -> Option<Option<T>>
    where
        T: for<'row> TryFrom<&'row Row<'row>, Error = rusqlite::Error>,
    {
        let direct = self.0.direct.as_ref()?;
        direct.find_row(statement, parameter).ok()
    }

    /// A transaction that will write. On SQLite it holds the write lock from the start, for a lock taken later is
    /// refused rather than waited for when another transaction has written in between.
    pub async fn begin_write(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match &self.0.writer {
            Writer::Postgres => self.0.readers.begin().await,
            Writer::Sqlite(lock) => lock.begin().await,
        }
    }

    /// Waits for running statements and closes all connections; later calls fail as unavailable. Of a SQLite file that
    /// no other process has open, only the file itself remains: its write-ahead log is moved into it.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

impl StoreHealth for Database {
    async fn answers(&self) -> bool {
        let found = sqlx::query(HEALTH).fetch_optional(self.reader()).await;
        !found.is_err_and(|error| is_unavailable(&error))
    }
}

impl Pools {
    async fn of_postgres(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        let options = pool(connections, POSTGRES_SETTINGS);
        Ok(Self {
            readers: options.connect(url).await?,
            writer: Writer::Postgres,
            direct: None,
        })
    }

    async fn of_sqlite(url: &str, path: PathBuf, connections: u32) -> Result<Self, sqlx::Error> {
        let readers = pool(connections, SQLITE_READER_SETTINGS).test_before_acquire(false);
        let writer = pool(1, SQLITE_WRITER_SETTINGS)
            .test_before_acquire(false)
            .after_release(|connection, _| {
                Box::pin(async move {
                    // Runs a rollback that waits to be run.
                    connection.ping().await?;
                    // After some errors, such as a full disk, SQLite has ended the transaction by itself and sqlx takes
                    // it for open: such a connection could never begin another one.
                    Ok(!connection.is_in_transaction())
                })
            });
        Ok(Self {
            readers: readers.connect(url).await?,
            writer: Writer::Sqlite(WriteLock::new(writer.connect(url).await?)),
            direct: Some(DirectReader::new(path)),
        })
    }

    /// The pools, by their label in metrics.
    fn named(&self) -> impl Iterator<Item = (&'static str, &AnyPool)> {
        let (name, writer) = match &self.writer {
            Writer::Postgres => ("shared", None),
            Writer::Sqlite(lock) => ("readers", Some(("writer", lock.pool()))),
        };
        std::iter::once((name, &self.readers)).chain(writer)
    }

    async fn close(&self) {
        if let Some(direct) = &self.direct {
            direct.close();
        }
        self.readers.close().await;
        if let Writer::Sqlite(lock) = &self.writer {
            lock.close().await;
        }
    }
}

fn pool(connections: u32, settings: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
        })
}

/// Uses a connection of its own: a pool says no more than that it timed out, a connection says why.
async fn migrate(
    (name, url): (&str, &str),
    sqlite: bool,
    migrator: &Migrator,
) -> Result<(), OpenError> {
    let settings = if sqlite {
        SQLITE_SCHEMA_SETTINGS
    } else {
        POSTGRES_SETTINGS
    };
    let refused = |error| OpenError::connect(name, error);
    let mut connection = connect(url, settings).await.map_err(refused)?;
    let migrated = match migrator.run(&mut connection).await {
        Ok(()) => refuse_contracted(&mut connection, migrator).await,
        Err(error) => Err(error),
    };
    let closed = connection.close().await;
    migrated.map_err(|error| OpenError::migrate(name, error))?;
    closed.map_err(refused)
}

/// Refuses a schema from which a newer release has removed something.
async fn refuse_contracted(
    connection: &mut AnyConnection,
    migrator: &Migrator,
) -> Result<(), MigrateError> {
    let own = migrator.iter().map(|migration| migration.version).max();
    let newer = "SELECT version FROM _sqlx_migrations WHERE version > $1 AND description LIKE $2";
    let found: Option<(i64,)> = sqlx::query_as(newer)
        .bind(own.unwrap_or_default())
        .bind(format!("{CONTRACT} %"))
        .fetch_optional(connection)
        .await?;
    found.map_or(Ok(()), |(version,)| {
        Err(MigrateError::VersionMissing(version))
    })
}

async fn connect(url: &str, settings: &'static str) -> Result<AnyConnection, sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    connection.execute(settings).await?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
