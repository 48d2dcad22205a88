//! Delays between attempts to reach a replica.

use std::time::Duration;

use super::times::Times;
use crate::random_byte;

#[derive(Debug)]
pub(super) struct Backoff {
    times: Times,
    failures: u32,
}

impl Backoff {
    pub(super) fn new(times: Times) -> Self {
        Self { times, failures: 0 }
    }

    /// The delay after one more failure.
    pub(super) fn fail(&mut self) -> Duration {
        let factor = 1_u32 << self.failures.min(10);
        self.failures = self.failures.saturating_add(1);
        let delay = self.times.retry_first.saturating_mul(factor);
        jittered(delay.min(self.times.retry_longest), 0.3)
    }

    /// A connection has ended after `lifetime`. Returns whether the next attempt may follow at once.
    pub(super) fn lost_after(&mut self, lifetime: Duration) -> bool {
        if lifetime >= self.times.stable {
            self.failures = 0;
        }
        self.failures == 0
    }
}

/// A random time between `1 - part` and `1 + part` of `time`.
pub(super) fn jittered(time: Duration, part: f64) -> Duration {
    time.mul_f64(1.0 - part + 2.0 * part * f64::from(random_byte()) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_limit_and_are_short_after_a_stable_connection() {
        let times = Times::default();
        let mut backoff = Backoff::new(times);
        assert!(backoff.fail() <= times.retry_first.mul_f64(1.31));
        for _ in 0..100 {
            assert!(backoff.fail() <= times.retry_longest.mul_f64(1.31));
        }
        assert!(backoff.fail() >= times.retry_longest.mul_f64(0.69));
        assert!(!backoff.lost_after(Duration::ZERO));
        assert!(backoff.lost_after(times.stable));
        assert!(backoff.fail() <= times.retry_first.mul_f64(1.31));
    }
}
