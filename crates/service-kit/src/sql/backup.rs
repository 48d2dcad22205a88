//! Copies of SQLite files, made while others use them.

use std::io;
use std::path::{Path, PathBuf};

use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection, Row};

use super::{DatabaseConfig, connect};
use crate::open_private;

const SETTINGS: &str = "PRAGMA busy_timeout = 5000";

/// A file that was not copied, or must not be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The copy cannot be written.
    #[error("{}", path.display())]
    File {
        /// Path of the copy.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be read as a database.
    #[error("{}", path.display())]
    Database {
        /// Path of the file.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// SQLite finds errors in the file.
    #[error("{}: the database is damaged: {problem}", path.display())]
    Damaged {
        /// Path of the file.
        path: PathBuf,
        /// The first of them.
        problem: String,
    },
}

/// Copies a SQLite file, as it is at one moment, into a file that is new or empty, which becomes private. Both paths
/// are absolute. Readers and writers of the file go on meanwhile; the copy is on the disk when this returns.
pub async fn back_up(source: &Path, copy: &Path) -> Result<(), BackupError> {
    install_default_drivers();
    let unwritable = |source| BackupError::File {
        path: copy.to_owned(),
        source,
    };
    let unreadable = |error| BackupError::Database {
        path: source.to_owned(),
        source: error,
    };
    let file = open_private(copy).map_err(unwritable)?;
    let url = DatabaseConfig::sqlite(source).url;
    let mut connection = connect(&url, SETTINGS).await.map_err(unreadable)?;
    let copied = sqlx::query("VACUUM INTO $1")
        .bind(copy.to_string_lossy().into_owned())
        .execute(&mut connection)
        .await;
    // The last to close a file also clears away its side files.
    let closed = connection.close().await;
    copied.and(closed).map_err(unreadable)?;
    file.sync_all().map_err(unwritable)
}

/// Refuses a file that is no sound SQLite database. Leaves no side files.
pub async fn check_backup(path: &Path) -> Result<(), BackupError> {
    install_default_drivers();
    let answer = quick_check(path).await;
    let answer = answer.map_err(|source| BackupError::Database {
        path: path.to_owned(),
        source,
    })?;
    if answer == "ok" {
        return Ok(());
    }
    Err(BackupError::Damaged {
        path: path.to_owned(),
        problem: answer,
    })
}

async fn quick_check(path: &Path) -> Result<String, sqlx::Error> {
    let url = DatabaseConfig::sqlite(path).url + "?immutable=true";
    let mut connection = AnyConnection::connect(&url).await?;
    let row = sqlx::query("PRAGMA quick_check(1)").fetch_one(&mut connection);
    let answer = row.await?.try_get(0)?;
    connection.close().await?;
    Ok(answer)
}
