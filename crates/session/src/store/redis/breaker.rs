//! A circuit breaker: while Redis is away or too slow, calls fail at once.

use std::sync::atomic::{AtomicBool, Ordering};

use doorward_service_kit::Unanswered;
use metrics::gauge;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::metrics::REDIS_BREAKER_OPEN;

/// Weight of an unanswered probe in calls: two open the breaker when there is no load.
const PROBE: u32 = 10;

/// While it is open, only probes are sent.
#[derive(Debug)]
pub(super) struct Breaker {
    is_open: AtomicBool,
    opens: Notify,
    unanswered: Unanswered,
}

impl Breaker {
    /// A closed one.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            is_open: AtomicBool::default(),
            opens: Notify::default(),
            unanswered: Unanswered::new(now),
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
        self.unanswered.answered();
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
        self.unanswered.row()
    }

    fn count(&self, weight: u32, now: Instant) {
        let is_enough = self.unanswered.count(weight, now);
        if is_enough && !self.is_open.swap(true, Ordering::Relaxed) {
            self.opens.notify_waiters();
            gauge!(REDIS_BREAKER_OPEN).set(1);
            tracing::error!("redis does not answer in time, circuit breaker opened");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LATER: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn opens_by_calls_in_a_row_and_closes_by_a_probe() {
        let start = Instant::now();
        let breaker = Breaker::new(start);
        for _ in 0..100 {
            breaker.unanswered(start);
        }
        assert!(!breaker.is_open());
        breaker.unanswered(start + LATER);
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
        breaker.probe_unanswered(start + LATER);
        assert!(breaker.is_open());
    }

    #[tokio::test]
    async fn waiting_calls_end_when_it_opens() {
        let start = Instant::now();
        let breaker = Breaker::new(start);
        let open = async {
            breaker.probe_unanswered(start);
            breaker.probe_unanswered(start + LATER);
        };
        tokio::join!(breaker.opened(), breaker.opened(), open);
    }
}
