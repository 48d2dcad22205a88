//! Transactions that lock an organization, one after the other.
//!
//! In the database each of them would keep a connection while it waits for the lock, and ten of them all connections of
//! the pool: calls for other organizations would wait too. So those of one process wait here for their turn, before
//! they take a connection. At most one of them waits in the database, for the other replicas.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use doorward_service_kit::StoreError;
use doorward_service_kit::sql::Database;
use sqlx::{Any, AnyConnection, Transaction};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard as Turn};
use tokio::time::timeout;

use super::members;
use crate::Error;
use crate::domain::OrganizationId;

/// Longest wait for a turn; callers with a deadline wait no longer than that.
const PATIENCE: Duration = Duration::from_secs(5);

/// Begins the transactions. Clones share the turns.
#[derive(Debug, Clone)]
pub(super) struct Locks {
    database: Database,
    queues: Arc<Queues>,
}

/// The queues of the organizations that a transaction runs or waits for.
#[derive(Debug)]
struct Queues {
    /// Tokio's mutex is a queue.
    of: Mutex<HashMap<OrganizationId, Weak<Turns<()>>>>,
    patience: Duration,
}

/// A transaction that has locked an organization. Dropping it rolls it back.
pub(super) struct LockedTransaction {
    transaction: Transaction<'static, Any>,
    /// Dropped after the transaction.
    _turn: Turn<()>,
}

impl Locks {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            queues: Arc::new(Queues::new(PATIENCE)),
        }
    }

    /// Begins a transaction and locks an organization, which must exist.
    pub(super) async fn begin(&self, id: &OrganizationId) -> Result<LockedTransaction, Error> {
        let turn = self.queues.turn(id).await?;
        let mut transaction = self.database.begin_write().await?;
        members::lock(&mut transaction, id).await?;
        Ok(LockedTransaction {
            transaction,
            _turn: turn,
        })
    }
}

impl Queues {
    fn new(patience: Duration) -> Self {
        let of = Mutex::default();
        Self { of, patience }
    }

    async fn turn(&self, id: &OrganizationId) -> Result<Turn<()>, StoreError> {
        let turn = timeout(self.patience, self.queue(id).lock_owned()).await;
        turn.map_err(|_| sqlx::Error::PoolTimedOut.into())
    }

    fn queue(&self, id: &OrganizationId) -> Arc<Turns<()>> {
        let mut queues = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(id).and_then(Weak::upgrade) {
            return queue;
        }
        queues.retain(|_, queue| queue.strong_count() > 0);
        let queue = Arc::default();
        queues.insert(id.clone(), Arc::downgrade(&queue));
        queue
    }
}

impl LockedTransaction {
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await
    }
}

impl Deref for LockedTransaction {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for LockedTransaction {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OrganizationId {
        text.to_owned().into()
    }

    #[tokio::test]
    async fn only_transactions_of_one_organization_wait_and_not_for_ever() {
        let queues = Queues::new(Duration::from_millis(10));
        let turn = queues.turn(&id("org_a")).await.unwrap();
        let late = queues.turn(&id("org_a")).await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))));
        let other = queues.turn(&id("org_b")).await.unwrap();
        drop(turn);
        drop(queues.turn(&id("org_a")).await.unwrap());
        drop(other);
        drop(queues.turn(&id("org_c")).await.unwrap());
        assert_eq!(queues.of.lock().unwrap().len(), 1, "none is kept");
    }
}
