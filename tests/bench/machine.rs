//! The machine that everything runs on.

use std::fs;

/// How many processors there are, and how many tasks wanted one in the last 1, 5 and 15 minutes.
pub(crate) fn describe() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<_> = load.split(' ').take(3).collect();
    format!("{processors} processors, load {}", load.join(" "))
}
