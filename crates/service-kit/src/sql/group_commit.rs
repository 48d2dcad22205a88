//! Many writes in one transaction, so that they share its way to the disk.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::{Any, AnyConnection, Transaction};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::write_lock::GAP;
use super::{Database, is_unavailable};
use crate::{StoreError, with_causes};

/// Writes that may wait for their turn; more are refused.
const MAX_WAITING: usize = 1024;
/// Writes in one transaction.
const MAX_GROUP: usize = 128;
/// Transactions without a pause before other processes get a chance to write.
const MAX_GROUPS_IN_A_ROW: u32 = 16;

/// A write that waits for its turn; the receiver is dropped when its caller's deadline has passed.
type Waiting = oneshot::Sender<Result<GroupedWrite, StoreError>>;
/// Takes the outcome of a write to its caller.
type Reply = oneshot::Sender<Result<(), StoreError>>;
/// The transaction of a group, until it is committed.
type Shared = Arc<Mutex<Option<Transaction<'static, Any>>>>;

/// A queue of writes to a database. One task begins a transaction, lends it to one write after the other and commits it
/// for all of them, until the queue and all its clones are dropped.
#[derive(Debug, Clone)]
pub struct GroupCommit {
    queue: mpsc::Sender<Waiting>,
}

/// One write of a group. What it has done is undone if it is dropped, and the others in the transaction go on. It sees
/// what the others have written before: nothing that it has read is certain until [`GroupedWrite::commit`] has
/// returned.
#[derive(Debug)]
pub struct GroupedWrite {
    connection: OwnedMappedMutexGuard<Option<Transaction<'static, Any>>, AnyConnection>,
    finished: oneshot::Sender<Reply>,
}

impl GroupCommit {
    /// Starts the task in the current tokio runtime.
    #[must_use]
    pub fn start(database: Database) -> Self {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(run(database, waiting));
        Self { queue }
    }

    /// Waits for its turn. Holding the write for long holds up all others.
    pub async fn begin(&self) -> Result<GroupedWrite, StoreError> {
        let (waiting, turn) = oneshot::channel();
        self.queue.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        turn.await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl GroupedWrite {
    /// Ends the write; returns once the transaction that it is part of is committed.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self {
            connection,
            finished,
        } = self;
        let (reply, outcome) = oneshot::channel();
        drop(connection);
        // If the task is gone, it has dropped the reply with this channel.
        let _ = finished.send(reply);
        outcome.await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl Deref for GroupedWrite {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl DerefMut for GroupedWrite {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}

async fn run(database: Database, mut queue: mpsc::Receiver<Waiting>) {
    let mut in_a_row = 0;
    loop {
        let begin = Instant::now();
        let Some(first) = queue.recv().await else {
            return;
        };
        in_a_row = if begin.elapsed() < GAP {
            in_a_row + 1
        } else {
            0
        };
        if in_a_row == MAX_GROUPS_IN_A_ROW {
            sleep(GAP).await;
            in_a_row = 0;
        }
        write_group(&database, first, &mut queue).await;
    }
}

/// Answers all that wait: the next would only wait as long again.
fn refuse(error: &sqlx::Error, first: Waiting, queue: &mut mpsc::Receiver<Waiting>) {
    let mut next = Some(first);
    while let Some(waiting) = next {
        let _ = waiting.send(Err(failed(error)));
        next = queue.try_recv().ok();
    }
}

async fn write_group(database: &Database, first: Waiting, queue: &mut mpsc::Receiver<Waiting>) {
    if first.is_closed() {
        return;
    }
    let transaction = match database.begin_write().await {
        Ok(transaction) => transaction,
        Err(error) => return refuse(&error, first, queue),
    };
    let shared = Arc::new(Mutex::new(Some(transaction)));
    let mut replies = Vec::new();
    let lent = lend_to_all(&shared, first, queue, &mut replies).await;
    let transaction = shared.lock().await.take();
    let (outcome, explain): (_, fn(&sqlx::Error) -> StoreError) = match (lent, transaction) {
        (Ok(()), Some(transaction)) => (transaction.commit().await, failed),
        (lent, _dropped) => (lent, lost),
    };
    for reply in replies {
        let _ = reply.send(outcome.as_ref().copied().map_err(explain));
    }
}

/// Fails when the transaction is lost as a whole.
async fn lend_to_all(
    shared: &Shared,
    first: Waiting,
    queue: &mut mpsc::Receiver<Waiting>,
    replies: &mut Vec<Reply>,
) -> Result<(), sqlx::Error> {
    lend(shared, first, replies).await?;
    for _ in 1..MAX_GROUP {
        let Ok(next) = queue.try_recv() else { break };
        lend(shared, next, replies).await?;
    }
    Ok(())
}

async fn lend(
    shared: &Shared,
    waiting: Waiting,
    replies: &mut Vec<Reply>,
) -> Result<(), sqlx::Error> {
    let guard = Arc::clone(shared).lock_owned().await;
    let lent = OwnedMutexGuard::try_map(guard, Option::as_deref_mut);
    let (Ok(mut connection), false) = (lent, waiting.is_closed()) else {
        return Ok(());
    };
    run_statement(&mut connection, "SAVEPOINT one_write").await?;
    let (finished, reply) = oneshot::channel();
    let _ = waiting.send(Ok(GroupedWrite {
        connection,
        finished,
    }));
    let end: &[&str] = match reply.await {
        Ok(reply) => {
            replies.push(reply);
            &["RELEASE one_write"]
        }
        Err(_dropped) => &["ROLLBACK TO one_write", "RELEASE one_write"],
    };
    if let Some(transaction) = shared.lock().await.as_mut() {
        for statement in end {
            run_statement(transaction, statement).await?;
        }
    }
    Ok(())
}

async fn run_statement(
    connection: &mut AnyConnection,
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement).execute(connection).await.map(drop)
}

fn failed(error: &sqlx::Error) -> StoreError {
    let text = with_causes(error);
    if is_unavailable(error) {
        StoreError::Unavailable(text.into())
    } else {
        StoreError::Failed(text.into())
    }
}

/// SQLite has undone a whole transaction because of one of its writes, such as one that found the disk full.
fn lost(error: &sqlx::Error) -> StoreError {
    StoreError::Unavailable(with_causes(error).into())
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the store is closed".into())
}

#[cfg(test)]
mod tests;
