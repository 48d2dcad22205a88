//! The state of a connection: whether it takes calls, and whether others are better.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::clock::millis;

/// Calls in a row without an answer, after which other replicas are preferred.
const FAILURES: u32 = 3;
/// For how long. Then the replica gets calls again, and one more failure is enough.
const AVOIDED: Duration = Duration::from_secs(1);

static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

#[derive(Debug, Default)]
pub(super) struct Health {
    is_over: AtomicBool,
    is_silent: AtomicBool,
    failures: AtomicU32,
    /// In milliseconds since [`EPOCH`]; 0 for never.
    avoided_until: AtomicU64,
}

impl Health {
    /// The connection takes no more calls: it has ended, or the peer has sent GOAWAY.
    pub(super) fn set_over(&self) {
        self.is_over.store(true, Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Relaxed)
    }

    /// A ping is not answered, or was answered at last.
    pub(super) fn set_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Relaxed);
    }

    pub(super) fn note_answer(&self) {
        if self.failures.load(Relaxed) != 0 {
            self.failures.store(0, Relaxed);
            self.avoided_until.store(0, Relaxed);
        }
    }

    /// A call was late, or the replica answered that it cannot tell.
    pub(super) fn note_failure(&self) {
        let failures = self.failures.fetch_add(1, Relaxed).saturating_add(1);
        if failures >= FAILURES {
            self.avoided_until.store(now() + millis(AVOIDED), Relaxed);
        }
    }

    /// Whether other replicas are preferred.
    pub(super) fn is_doubtful(&self) -> bool {
        let until = self.avoided_until.load(Relaxed);
        self.is_silent.load(Relaxed) || (until != 0 && now() < until)
    }
}

/// The present, in milliseconds since [`EPOCH`].
pub(super) fn now() -> u64 {
    millis(EPOCH.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_and_silence_make_a_replica_doubtful() {
        let health = Health::default();
        for _ in 1..FAILURES {
            health.note_failure();
            assert!(!health.is_doubtful());
        }
        health.note_answer();
        for _ in 1..FAILURES {
            health.note_failure();
        }
        assert!(!health.is_doubtful());
        health.note_failure();
        assert!(health.is_doubtful());
        health.note_answer();
        assert!(!health.is_doubtful());
        health.set_silent(true);
        assert!(health.is_doubtful());
        health.set_silent(false);
        assert!(!health.is_doubtful());
    }
}
