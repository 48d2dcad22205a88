//! Counts requests that are refused because the store is full, and logs at most one line in ten seconds.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use metrics::counter;

use crate::Error;
use crate::metrics::SESSION_REFUSED;

/// Keeps a flood of requests from filling the log.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// The refusals of one service.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    no_room: Tally,
    too_many: Tally,
}

impl Refusals {
    /// The store has reached the limit for this kind of data.
    pub(crate) fn no_room(&self, kind: &'static str) -> Error {
        count(kind, "no_room");
        if let Some(refused) = self.no_room.due(Instant::now()) {
            tracing::error!(
                kind,
                refused,
                "the session store is nearly full, refusing new transactions or access tokens; give it more memory"
            );
        }
        Error::NoRoom
    }

    /// One address has begun the maximum number of sign-ins.
    pub(crate) fn too_many(&self, address: &str) -> Error {
        count("transaction", "address");
        if let Some(refused) = self.too_many.due(Instant::now()) {
            tracing::warn!(
                address,
                refused,
                "too many sign-ins from one address; if it is a proxy, add it to http.trusted_proxies of the frontend"
            );
        }
        Error::TooMany
    }
}

fn count(kind: &'static str, reason: &'static str) {
    counter!(SESSION_REFUSED, "kind" => kind, "reason" => reason).increment(1);
}

/// Number of refusals since the last log line, and the time of that line.
#[derive(Debug, Default)]
struct Tally(Mutex<(u64, Option<Instant>)>);

impl Tally {
    /// Counts one more. Returns the number since the last line when a new line is due.
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
