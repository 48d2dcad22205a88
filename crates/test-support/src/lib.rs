//! Helpers for the tests of several crates. They use real servers: each starts on first use, on a free port of
//! 127.0.0.1, and stops with the test process, also after a crash.

#![expect(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

pub mod certificates;
mod clock;
mod port;
pub mod postgres;
pub mod process;
pub mod redis;
mod settings;
pub mod smtp;
pub mod softhsm;

pub use clock::FakeClock;
pub use port::free_port;
pub use settings::container_settings;
