//! What the tests of several crates need. Real servers rather than imitations: they are started on first use, on a free
//! port of 127.0.0.1, and die with the test process, however that ends.

#![expect(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

mod clock;
mod port;
pub mod postgres;
pub mod process;
pub mod redis;

pub use clock::FakeClock;
pub use port::free_port;
