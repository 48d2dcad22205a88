//! The async runtimes of processes.

use std::io;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};

/// A runtime with a thread for each processor.
pub(crate) fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

/// A runtime with one thread more than there are processors, for a process that signs: while every processor computes
/// signatures, one thread still accepts and refuses calls. The others are better off without it, by some microseconds a
/// call.
pub fn runtime_with_spare_thread() -> io::Result<Runtime> {
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    Builder::new_multi_thread()
        .worker_threads(processors + 1)
        .enable_all()
        .build()
}
