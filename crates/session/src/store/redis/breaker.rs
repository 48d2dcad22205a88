//! A circuit breaker: a Redis that is away or too slow is not asked again and again, and callers hear at once.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use metrics::gauge;

/// This many calls in a row without an answer open it.
const CALLS: u32 = 20;
/// A probe without an answer weighs as much as these calls: two of them open it, when there is no load.
const PROBE: u32 = 10;

/// Open: nothing is sent but probes.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    is_open: AtomicBool,
    unanswered: AtomicU32,
}

impl Breaker {
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
    pub(super) fn unanswered(&self) {
        self.count(1);
    }

    /// The probe was answered.
    pub(super) fn probe_answered(&self) {
        self.answered();
        if self.is_open.swap(false, Ordering::Relaxed) {
            gauge!("doorward_redis_breaker_open").set(0);
            tracing::info!("redis answers again: the breaker has closed");
        }
    }

    /// The probe was not answered.
    pub(super) fn probe_unanswered(&self) {
        self.count(PROBE);
    }

    fn count(&self, weight: u32) {
        let before = self.unanswered.fetch_add(weight, Ordering::Relaxed);
        if before.saturating_add(weight) >= CALLS && !self.is_open.swap(true, Ordering::Relaxed) {
            gauge!("doorward_redis_breaker_open").set(1);
            tracing::error!("redis does not answer in time: the breaker has opened");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_by_calls_in_a_row_and_closes_by_a_probe() {
        let breaker = Breaker::default();
        for _ in 0..CALLS - 1 {
            breaker.unanswered();
        }
        breaker.answered();
        for _ in 0..CALLS - 1 {
            breaker.unanswered();
        }
        assert!(!breaker.is_open());
        breaker.unanswered();
        assert!(breaker.is_open());
        breaker.answered();
        assert!(breaker.is_open());
        breaker.probe_answered();
        assert!(!breaker.is_open());
    }

    #[test]
    fn two_probes_open_it() {
        let breaker = Breaker::default();
        breaker.probe_unanswered();
        assert!(!breaker.is_open());
        breaker.probe_unanswered();
        assert!(breaker.is_open());
    }
}
