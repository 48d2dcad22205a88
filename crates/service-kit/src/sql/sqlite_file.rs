//! A SQLite file of our own: private, and locked while its schema changes.

use std::fs::File;
use std::io;
use std::path::Path;

use super::OpenError;
use crate::open_private;

/// Creates the file when it is missing, closes it to others, and waits until no other process opens it. The lock lasts
/// as long as what is returned. The file may hold password hashes; SQLite gives its side files the same mode.
pub(super) async fn prepare(path: &Path) -> Result<File, OpenError> {
    let file = path.to_owned();
    // On a thread of its own: one that runs tasks may be needed by the task that holds the lock.
    let prepared = tokio::task::spawn_blocking(move || {
        open_private(&file)?;
        let mut lock_name = file.into_os_string();
        lock_name.push(".lock");
        let lock = open_private(Path::new(&lock_name))?;
        lock.lock()?;
        Ok(lock)
    });
    let prepared: io::Result<File> = prepared.await.unwrap_or_else(|panic| Err(panic.into()));
    prepared.map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })
}
