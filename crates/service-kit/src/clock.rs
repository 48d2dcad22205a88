//! Time as a parameter.

use std::fmt::Debug;
use std::time::Duration;

use jiff::Timestamp;

/// Tells the time. Services hold an `Arc<dyn Clock>`; tests move a fake one.
pub trait Clock: Debug + Send + Sync {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads it")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A duration in whole milliseconds, as a number that an atomic can hold.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
