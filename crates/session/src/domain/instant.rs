//! Arithmetic on instants that cannot overflow.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Adds `duration`. Returns the maximum instead of overflowing.
pub(crate) fn after(instant: Timestamp, duration: Duration) -> Timestamp {
    SignedDuration::try_from(duration)
        .ok()
        .and_then(|duration| instant.checked_add(duration).ok())
        .unwrap_or(Timestamp::MAX)
}

/// Truncates to whole milliseconds, the precision of stores.
pub(crate) fn to_stored_precision(instant: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(instant.as_millisecond()).unwrap_or(instant)
}
