//! Which replica an attempt went to, so that the next attempt goes to another one.

use std::cell::Cell;

use tokio::task::futures::TaskLocalFuture;
use tokio::task_local;

task_local! {
    static LAST: Cell<Option<u64>>;
}

/// Attempts of one call.
pub type Attempts<F> = TaskLocalFuture<Cell<Option<u64>>, F>;

/// Runs several attempts of one call, one after the other, over one channel: each goes to another replica than the
/// attempt before, if the service has more than one.
pub fn attempts<F: Future>(work: F) -> Attempts<F> {
    LAST.scope(Cell::new(None), work)
}

/// The replica of the attempt before.
pub(super) fn last() -> Option<u64> {
    LAST.try_with(Cell::get).ok().flatten()
}

pub(super) fn note(replica: u64) {
    // Fails outside of `attempts`, where it is not needed.
    let _ = LAST.try_with(|last| last.set(Some(replica)));
}
