//! Panics go to the log like everything else: the standard hook writes to standard error and waits for its reader.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, PanicHookInfo};
use std::thread;

use super::print_line;

/// Logs every panic from now on; with `RUST_BACKTRACE`, where it came from as well.
pub(super) fn log_panics() {
    panic::set_hook(Box::new(log));
}

fn log(panic: &PanicHookInfo<'_>) {
    let cause = panic.payload_as_str().unwrap_or("not a text");
    let location = panic.location().map(ToString::to_string);
    let thread = thread::current().name().map(str::to_owned);
    tracing::error!(cause, location, thread, "panicked");
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        print_line(&backtrace);
    }
}
