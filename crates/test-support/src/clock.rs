//! A clock that stands still until a test moves it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use doorward_service_kit::Clock;
use jiff::Timestamp;

/// A clock with the same start in every test.
#[derive(Debug)]
pub struct FakeClock {
    now: Mutex<Timestamp>,
}

impl FakeClock {
    /// A clock at 2026-01-02T03:04:05Z, shared with the code under test.
    #[must_use]
    pub fn start() -> Arc<Self> {
        let start = Timestamp::constant(1_767_323_045, 0);
        Arc::new(Self {
            now: Mutex::new(start),
        })
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Sets the clock back, like a correction.
    pub fn set_back(&self, by: Duration) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) -= by;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_only_when_told() {
        let clock = FakeClock::start();
        assert_eq!(clock.now().to_string(), "2026-01-02T03:04:05Z");
        clock.advance(Duration::from_millis(1500));
        assert_eq!(clock.now().to_string(), "2026-01-02T03:04:06.5Z");
        clock.set_back(Duration::from_secs(5));
        assert_eq!(clock.now().to_string(), "2026-01-02T03:04:01.5Z");
    }
}
