//! SQLite's write lock: one connection of this process asks for it, in the name of the first in a queue.

use std::time::Duration;

use sqlx::{Any, AnyPool, Transaction};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::error::is_busy;

/// How long to wait for one's turn and for other processes together; callers with a deadline wait no longer than that.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often to look whether another process has released the lock. SQLite's own waiting looks ten times a second in
/// the end, and would seldom meet the short moments in which a busy process does not hold it.
const LOOK: Duration = Duration::from_millis(2);
/// Long enough for another process to take the lock.
pub(super) const GAP: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(super) struct WriteLock {
    /// Holds one connection.
    pool: AnyPool,
    /// Held by the next to begin, while the transaction before it may still run. Tokio's mutex is a queue.
    turn: Mutex<()>,
}

impl WriteLock {
    pub(super) fn new(pool: AnyPool) -> Self {
        Self {
            pool,
            turn: Mutex::new(()),
        }
    }

    pub(super) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// A transaction that holds the lock.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        let begun = timeout(PATIENCE, self.begin_in_turn());
        begun.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    async fn begin_in_turn(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        let _turn = self.turn.lock().await;
        loop {
            match self.pool.begin_with("BEGIN IMMEDIATE").await {
                Err(error) if is_busy(&error) => sleep(LOOK).await,
                begun => return begun,
            }
        }
    }

    /// Moves the write-ahead log into the database file, as far as other processes let it, and closes the connection.
    pub(super) async fn close(&self) {
        let _turn = self.turn.lock().await;
        let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
        if let Err(error) = checkpoint.execute(&self.pool).await {
            tracing::warn!(%error, "the write-ahead log of a database stays beside it");
        }
        self.pool.close().await;
    }
}
