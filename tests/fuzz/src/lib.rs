//! Code of several fuzz targets.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// SEC-203: the largest CPU time of one input, also in an instrumented program.
const LONGEST: Duration = Duration::from_millis(10);

/// Runs `read`, and panics if it takes too long. Counts the CPU time of this thread, so that a busy machine causes no
/// finding.
pub fn in_time<T>(read: impl FnOnce() -> T) -> T {
    let begin = thread_time();
    let result = read();
    let spent = thread_time().saturating_sub(begin);
    assert!(spent <= LONGEST, "took {spent:?}");
    result
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
