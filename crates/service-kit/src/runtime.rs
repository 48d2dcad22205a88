//! The async runtime of a process.

use std::io;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};

/// A runtime with one thread more than there are processors: while every processor computes, such as signatures, one
/// thread still accepts and refuses calls.
pub fn runtime() -> io::Result<Runtime> {
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    Builder::new_multi_thread()
        .worker_threads(processors + 1)
        .enable_all()
        .build()
}
