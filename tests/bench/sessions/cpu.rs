//! CPU time of other processes, in nanoseconds.

use std::fs;

/// The CPU time of all live threads of a process, as the scheduler counts it; `utime` and `stime` have steps of a
/// hundredth of a second. Our servers end no thread while they serve.
pub(crate) fn nanoseconds(process_id: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{process_id}/task")).expect("the process lives");
    let times = threads.filter_map(|thread| {
        let path = thread.ok()?.path().join("schedstat");
        let text = fs::read_to_string(path).ok()?;
        let time = text.split(' ').next().expect("it begins with the time");
        Some(time.parse::<u64>().expect("the time is a number"))
    });
    times.sum()
}
