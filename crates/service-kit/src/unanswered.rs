//! Calls in a row without an answer: what a circuit breaker opens by.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

use crate::clock::millis;

/// The number of unanswered calls in a row that are an outage.
const CALLS: u32 = 20;
/// Minimum time from the first to the last of them: on a busy machine, many calls are late in the same moment.
const STRETCH: Duration = Duration::from_millis(500);

/// The calls of one peer since its last answer.
#[derive(Debug)]
pub struct Unanswered {
    row: AtomicU32,
    /// When the row began, in milliseconds after `start`.
    began: AtomicU64,
    start: Instant,
}

impl Unanswered {
    /// No calls yet.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            row: AtomicU32::default(),
            began: AtomicU64::default(),
            start: now,
        }
    }

    /// A call was answered, whatever the answer.
    pub fn answered(&self) {
        // Read first: the line stays shared between the cores while all goes well.
        if self.row() > 0 {
            self.row.store(0, Relaxed);
        }
    }

    /// Counts a call that was late or lost, as `weight` of them. Returns whether the row is an outage.
    pub fn count(&self, weight: u32, now: Instant) -> bool {
        let now = millis(now - self.start);
        let before = self.row.fetch_add(weight, Relaxed);
        if before == 0 {
            self.began.store(now, Relaxed);
        }
        let stretch = Duration::from_millis(now.saturating_sub(self.began.load(Relaxed)));
        before.saturating_add(weight) >= CALLS && stretch >= STRETCH
    }

    /// How many calls in a row were late or lost.
    pub fn row(&self) -> u32 {
        self.row.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_row_is_ended_by_an_answer() {
        let start = Instant::now();
        let calls = Unanswered::new(start);
        for _ in 0..CALLS - 1 {
            assert!(!calls.count(1, start));
        }
        calls.answered();
        for _ in 0..CALLS - 1 {
            assert!(!calls.count(1, start));
        }
        assert!(calls.count(1, start + STRETCH));
    }

    /// One moment in which nothing was answered is no outage.
    #[tokio::test]
    async fn many_calls_at_once_are_no_outage() {
        let start = Instant::now();
        let calls = Unanswered::new(start);
        for _ in 0..10 * CALLS {
            assert!(!calls.count(1, start));
        }
        assert!(!calls.count(1, start + STRETCH - Duration::from_millis(1)));
        calls.answered();
        assert!(!calls.count(1, start + STRETCH));
    }
}
