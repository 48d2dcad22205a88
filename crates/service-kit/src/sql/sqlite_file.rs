//! A SQLite file of our own: private, and locked while its schema changes.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::OpenError;

/// Nobody but the owner: the file may hold password hashes. SQLite gives its side files the same mode.
const PRIVATE: u32 = 0o600;

/// Creates the file when it is missing, closes it to others, and waits for whoever else is opening it. The lock lasts as
/// long as what is returned.
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

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).mode(PRIVATE).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(PRIVATE))?;
    }
    Ok(file)
}
