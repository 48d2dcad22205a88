//! The metrics of this service; `docs/metrics.md` explains them.

use doorward_service_kit::metrics::start;
use metrics::{Unit, counter, describe_counter, describe_gauge};

pub(crate) const REDIS_UP: &str = "doorward_redis_up";
pub(crate) const REDIS_BREAKER_OPEN: &str = "doorward_redis_breaker_open";
pub(crate) const REDIS_MISSING_PARTITIONS: &str = "doorward_redis_missing_partitions";
pub(crate) const REDIS_DATA_LOSSES_ACCEPTED: &str = "doorward_redis_data_losses_accepted_total";
pub(crate) const REDIS_MEMORY_USED_PERCENT: &str = "doorward_redis_memory_used_percent";
pub(crate) const CLOCK_DIFFERENCE_SECONDS: &str = "doorward_clock_difference_seconds";
pub(crate) const SESSION_REFUSED: &str = "doorward_session_refused_total";
pub(crate) const SESSION_TRANSACTIONS_DROPPED: &str = "doorward_session_transactions_dropped_total";
pub(crate) const SESSION_LOOKUPS: &str = "doorward_session_lookups_total";

/// Describes them to the recorder of the process, and starts the counter of refusals.
pub fn describe() {
    for (kind, reason) in [
        ("transaction", "no_room"),
        ("transaction", "address"),
        ("access_token", "no_room"),
        ("counter", "no_room"),
    ] {
        start(&counter!(SESSION_REFUSED, "kind" => kind, "reason" => reason));
    }
    describe_gauge!(REDIS_UP, "1 while Redis is in use");
    describe_gauge!(
        REDIS_BREAKER_OPEN,
        "1 while calls fail at once because Redis does not respond in time"
    );
    describe_gauge!(
        REDIS_MISSING_PARTITIONS,
        "partitions that have lost their data"
    );
    describe_counter!(
        REDIS_DATA_LOSSES_ACCEPTED,
        "data losses after which an empty store was created"
    );
    describe_gauge!(
        REDIS_MEMORY_USED_PERCENT,
        "memory of Redis in use, in per cent of its limit"
    );
    describe_gauge!(
        CLOCK_DIFFERENCE_SECONDS,
        Unit::Seconds,
        "difference between the clocks of the service and of Redis"
    );
    describe_counter!(
        SESSION_REFUSED,
        "requests refused to reserve room for sessions"
    );
    describe_counter!(
        SESSION_TRANSACTIONS_DROPPED,
        "sign-ins dropped because their browser began too many"
    );
    describe_counter!(SESSION_LOOKUPS, "lookups of session cookies");
}
