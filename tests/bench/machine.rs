//! The machine of the run.

use std::fs;

/// The number of processors, and the load of the last 1, 5 and 15 minutes.
pub(crate) fn describe() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<_> = load.split(' ').take(3).collect();
    format!("{processors} processors, load {}", load.join(" "))
}
