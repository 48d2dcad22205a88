//! Reading a SQLite file on the thread of the caller.
//!
//! A lookup in a file whose pages are in memory takes some microseconds. Through sqlx it takes a thread of the
//! connection, and four switches between it and the runtime: one way with the statement and back with the row, and both
//! again when the pool looks whether the connection still works.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Error, OpenFlags, OptionalExtension, Row};

/// Connections to one file that read, and never wait. There are as many as threads that have read at the same time.
pub(super) struct DirectReader {
    path: PathBuf,
    /// `None` once it is closed.
    idle: Mutex<Option<Vec<Connection>>>,
}

impl DirectReader {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::new(Some(Vec::new())),
        }
    }

    /// The row that a statement finds, or none. `Err` says nothing about the data: the file may be busy, or closed.
    pub(super) fn find_row<T>(
        &self,
        statement: &'static str,
        parameter: &str,
    ) -> Result<Option<T>, Error>
    where
        T: for<'row> TryFrom<&'row Row<'row>, Error = Error>,
    {
        let idle = self.idle().as_mut().ok_or(Error::InvalidQuery)?.pop();
        let connection = idle.map_or_else(|| self.connect(), Ok)?;
        let found = connection
            .prepare_cached(statement)?
            .query_row([parameter], |row| T::try_from(row))
            .optional()?;
        // A connection that has failed is not used again.
        if let Some(idle) = self.idle().as_mut() {
            idle.push(connection);
        }
        Ok(found)
    }

    pub(super) fn close(&self) {
        self.idle().take();
    }

    fn connect(&self) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        // The thread has other work.
        connection.busy_timeout(Duration::ZERO)?;
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for DirectReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectReader")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
