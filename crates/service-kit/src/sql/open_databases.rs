//! The databases that this process has open. A process ends in many ways, and has to close all of them on each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::gauge;
use tokio::time::timeout;

use super::Pools;
use crate::metrics::{SQL_CONNECTIONS, SQL_CONNECTIONS_MAX};

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

/// The connections of all pools with one name.
#[derive(Debug, Default)]
struct Size {
    idle: u32,
    open: u32,
    max: u32,
}

/// Records how many connections all databases of this process have.
pub(crate) fn measure_pools() {
    let mut sizes = BTreeMap::<_, Size>::new();
    let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, pool) in open.iter().flat_map(|pools| pools.named()) {
        let size = sizes.entry(name).or_default();
        size.idle += u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        size.open += pool.size();
        size.max += pool.options().get_max_connections();
    }
    drop(open);
    for (pool, size) in sizes {
        let busy = size.open.saturating_sub(size.idle);
        gauge!(SQL_CONNECTIONS, "pool" => pool, "state" => "idle").set(size.idle);
        gauge!(SQL_CONNECTIONS, "pool" => pool, "state" => "busy").set(busy);
        gauge!(SQL_CONNECTIONS_MAX, "pool" => pool).set(size.max);
    }
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
