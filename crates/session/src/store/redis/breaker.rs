//! A circuit breaker: while Redis is away or too slow, calls fail at once.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use metrics::gauge;

use crate::metrics::REDIS_BREAKER_OPEN;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Consecutive unanswered calls that open the breaker.
const CALLS: u32 = 20;
/// Weight of an unanswered probe in calls: two open the breaker when there is no load.
const PROBE: u32 = 10;
/// Minimum time from the first to the last of them: on a busy machine, many calls are late in the same moment.
const STRETCH: Duration = Duration::from_millis(500);

/// While it is open, only probes are sent.
#[derive(Debug)]
pub(super) struct Breaker {
    is_open: AtomicBool,
    opens: Notify,
    /// In a row.
    unanswered: AtomicU32,
    /// When the row began, in milliseconds after `start`.
    began: AtomicU64,
    start: Instant,
}

impl Breaker {
    /// A closed one.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            is_open: AtomicBool::default(),
            opens: Notify::default(),
            unanswered: AtomicU32::default(),
            began: AtomicU64::default(),
            start: now,
        }
    }

    /// Waits until it is open.
    pub(super) async fn opened(&self) {
        // What happens between the question and the wait counts too.
        let opens = self.opens.notified();
        if !self.is_open() {
            opens.await;
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// A call was answered, whatever the answer.
    pub(super) fn answered(&self) {
        // Read first: the line stays shared between the cores while all goes well.
        if self.unanswered.load(Ordering::Relaxed) > 0 {
            self.unanswered.store(0, Ordering::Relaxed);
        }
    }

    /// A call was not answered in time, or lost its connection.
    pub(super) fn unanswered(&self, now: Instant) {
        self.count(1, now);
    }

    /// The probe was answered.
    pub(super) fn probe_answered(&self) {
        self.answered();
        if self.is_open.swap(false, Ordering::Relaxed) {
            gauge!(REDIS_BREAKER_OPEN).set(0);
            tracing::info!("redis answers again, circuit breaker closed");
        }
    }

    /// The probe was not answered.
    pub(super) fn probe_unanswered(&self, now: Instant) {
        self.count(PROBE, now);
    }

    /// How many calls in a row were late or lost.
    #[cfg(test)]
    pub(super) fn row(&self) -> u32 {
        self.unanswered.load(Ordering::Relaxed)
    }

    fn count(&self, weight: u32, now: Instant) {
        let now = u64::try_from((now - self.start).as_millis()).unwrap_or(u64::MAX);
        let before = self.unanswered.fetch_add(weight, Ordering::Relaxed);
        if before == 0 {
            self.began.store(now, Ordering::Relaxed);
        }
        let stretch = Duration::from_millis(now.saturating_sub(self.began.load(Ordering::Relaxed)));
        let is_enough = before.saturating_add(weight) >= CALLS && stretch >= STRETCH;
        if is_enough && !self.is_open.swap(true, Ordering::Relaxed) {
            self.opens.notify_waiters();
            gauge!(REDIS_BREAKER_OPEN).set(1);
            tracing::error!("redis does not answer in time, circuit breaker opened");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn opens_by_calls_in_a_row_and_closes_by_a_probe() {
        let start = Instant::now();
        let breaker = Breaker::new(start);
        for _ in 0..CALLS - 1 {
            breaker.unanswered(start);
        }
        breaker.answered();
        for _ in 0..CALLS - 1 {
            breaker.unanswered(start);
        }
        assert!(!breaker.is_open());
        breaker.unanswered(start + STRETCH);
        assert!(breaker.is_open());
        breaker.opened().await;
        breaker.answered();
        assert!(breaker.is_open());
        breaker.probe_answered();
        assert!(!breaker.is_open());
    }

    #[test]
    fn two_probes_open_it() {
        let start = Instant::now();
        let breaker = Breaker::new(start);
        breaker.probe_unanswered(start);
        assert!(!breaker.is_open());
        breaker.probe_unanswered(start + STRETCH);
        assert!(breaker.is_open());
    }

    /// One moment in which nothing was answered is no outage.
    #[test]
    fn many_calls_at_once_do_not_open_it() {
        let start = Instant::now();
        let breaker = Breaker::new(start);
        for _ in 0..10 * CALLS {
            breaker.unanswered(start);
        }
        breaker.unanswered(start + STRETCH - Duration::from_millis(1));
        assert!(!breaker.is_open());
        breaker.answered();
        breaker.unanswered(start + STRETCH);
        assert!(!breaker.is_open());
    }

    #[tokio::test]
    async fn waiting_calls_end_when_it_opens() {
        let start = Instant::now();
        let breaker = Breaker::new(start);
        let open = async {
            breaker.probe_unanswered(start);
            breaker.probe_unanswered(start + STRETCH);
        };
        tokio::join!(breaker.opened(), breaker.opened(), open);
    }
}
