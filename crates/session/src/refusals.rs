//! What is refused for want of room: each refusal is counted, and now and then one is logged.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use metrics::counter;

use crate::Error;

/// A flood must not fill the log instead of the store.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// The refusals of one service.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    no_room: Tally,
    too_many: Tally,
}

impl Refusals {
    /// The store has reached the mark of its kind.
    pub(crate) fn no_room(&self, kind: &'static str) -> Error {
        count(kind, "no_room");
        if let Some(refused) = self.no_room.due(Instant::now()) {
            tracing::error!(
                kind,
                refused,
                "the store is so full that requests are refused, to leave room for sessions: give it more memory"
            );
        }
        Error::NoRoom
    }

    /// One address has begun as many sign-ins as it may.
    pub(crate) fn too_many(&self, address: &str) -> Error {
        count("transaction", "address");
        if let Some(refused) = self.too_many.due(Instant::now()) {
            tracing::warn!(
                address,
                refused,
                "an address has begun as many sign-ins as it may; if it is a proxy, name it in http.trusted_proxies of the frontend"
            );
        }
        Error::TooMany
    }
}

fn count(kind: &'static str, reason: &'static str) {
    counter!("doorward_session_refused_total", "kind" => kind, "reason" => reason).increment(1);
}

/// Refusals since the last line, and when that was.
#[derive(Debug, Default)]
struct Tally(Mutex<(u64, Option<Instant>)>);

impl Tally {
    /// One more; how many there were, if a line is due.
    fn due(&self, now: Instant) -> Option<u64> {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, logged_at) = &mut *tally;
        *count += 1;
        if logged_at.is_some_and(|at| now < at + BETWEEN_LINES) {
            return None;
        }
        *logged_at = Some(now);
        Some(std::mem::take(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_a_line_in_ten_seconds() {
        let (tally, start) = (Tally::default(), Instant::now());
        assert_eq!(tally.due(start), Some(1));
        for millis in 0..9_999 {
            assert_eq!(tally.due(start + Duration::from_millis(millis)), None);
        }
        assert_eq!(tally.due(start + BETWEEN_LINES), Some(10_000));
    }
}
