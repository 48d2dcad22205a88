//! The databases that this process has open. A process ends in many ways, and has to close all of them on each.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use super::Pools;

/// A statement that takes longer keeps its write-ahead log where it is: no data is lost by that.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps the pools of stores that end before the process does: dropped pools close some time later, or never.
static OPEN: Mutex<Vec<Arc<Pools>>> = Mutex::new(Vec::new());

pub(super) fn add(pools: &Arc<Pools>) {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    // A process that opens another database lives on, and those that no store uses any more close meanwhile.
    open.retain(|pools| Arc::strong_count(pools) > 1);
    open.push(Arc::clone(pools));
}

/// Waits for the mails that are on their way, and closes every database of this process, as
/// [`super::Database::close`] does. For the last moment of a process.
pub async fn close_all() {
    #[cfg(feature = "mail")]
    crate::mail::finish().await;
    let open = std::mem::take(&mut *OPEN.lock().unwrap_or_else(PoisonError::into_inner));
    let closed = timeout(PATIENCE, async {
        for pools in &open {
            pools.close().await;
        }
    });
    if closed.await.is_err() {
        tracing::warn!("a database was in use for too long to be closed");
    }
}
