//! Compares our clock with that of Redis. Sessions expire by the clocks of the services, which must agree with each
//! other; Redis is the reference that they share.

use std::time::Duration;

use doorward_service_kit::{Clock, SystemClock};
use jiff::Timestamp;
use metrics::gauge;
use redis::{RedisResult, from_redis_value};

use super::topology::Link;
use crate::metrics::CLOCK_DIFFERENCE_SECONDS;

/// More than the difference of clocks that are kept by NTP.
const TOLERANCE: Duration = Duration::from_secs(30);

/// Compares the clocks, and logs a large difference.
pub(super) async fn compare(mut link: Link) -> RedisResult<()> {
    let answer = link.send(&redis::cmd("TIME")).await?;
    let (seconds, micros): (u64, u64) = from_redis_value(answer)?;
    let theirs = Duration::from_secs(seconds) + Duration::from_micros(micros);
    let ours = SystemClock.now().duration_since(Timestamp::UNIX_EPOCH);
    let ours = Duration::try_from(ours).unwrap_or_default();
    let difference = ours.abs_diff(theirs);
    gauge!(CLOCK_DIFFERENCE_SECONDS).set(difference.as_secs_f64());
    if difference > TOLERANCE {
        tracing::error!(
            ?difference,
            "the clocks of this service and of redis differ"
        );
    }
    Ok(())
}
