//! The databases that this process has open. A process ends in many ways, and has to close all of them on each.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::time::timeout;

use super::Pools;

/// A statement that takes longer keeps its write-ahead log where it is: no data is lost by that.
const PATIENCE: Duration = Duration::from_secs(5);

static OPEN: Mutex<Vec<Weak<Pools>>> = Mutex::new(Vec::new());

pub(super) fn add(pools: &Arc<Pools>) {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|pools| pools.strong_count() > 0);
    open.push(Arc::downgrade(pools));
}

/// Closes every database of this process, as [`super::Database::close`] does. For the last moment of a process.
pub async fn close_all() {
    let open = std::mem::take(&mut *OPEN.lock().unwrap_or_else(PoisonError::into_inner));
    let closed = timeout(PATIENCE, async {
        for pools in open.iter().filter_map(Weak::upgrade) {
            pools.close().await;
        }
    });
    if closed.await.is_err() {
        tracing::warn!("a database was in use for too long to be closed");
    }
}
