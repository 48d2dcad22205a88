//! The deadline of what is being done. It is handed on from hop to hop, so that each of them knows how long it may try.

use std::time::Duration;

use tokio::task::futures::TaskLocalFuture;
use tokio::task_local;
use tokio::time::Instant;

task_local! {
    static DEADLINE: Option<Instant>;
}

/// Work under a deadline.
pub type UnderDeadline<F> = TaskLocalFuture<Option<Instant>, F>;

/// Runs `work` under a deadline, which [`time_left`] tells it; within another one, the earlier of both counts. Ends
/// nothing by itself. Tasks that `work` spawns have no deadline.
pub fn within<F: Future>(limit: Duration, work: F) -> UnderDeadline<F> {
    let limit = time_left().map_or(limit, |left| left.min(limit));
    // A limit beyond all time is none.
    under(Instant::now().checked_add(limit), work)
}

/// The time until the deadline of the current task; `None` without one.
#[must_use]
pub fn time_left() -> Option<Duration> {
    let deadline = DEADLINE.try_with(|deadline| *deadline).ok().flatten()?;
    Some(deadline.saturating_duration_since(Instant::now()))
}

fn under<F: Future>(deadline: Option<Instant>, work: F) -> UnderDeadline<F> {
    DEADLINE.scope(deadline, work)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const MINUTE: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn the_earlier_deadline_counts() {
        assert_eq!(time_left(), None);
        for (outer, inner) in [(SECOND, MINUTE), (MINUTE, SECOND)] {
            let left = within(outer, async { within(inner, async { time_left() }).await }).await;
            assert!(left.is_some_and(|left| left <= SECOND), "{left:?}");
        }
        assert_eq!(time_left(), None);
    }

    #[tokio::test]
    async fn an_endless_limit_is_none() {
        let left = within(Duration::MAX, async { time_left() }).await;
        assert_eq!(left, None);
    }
}
