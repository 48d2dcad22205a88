//! What the tests of several crates need. Real servers rather than imitations: they are started on first use, on a free
//! port of 127.0.0.1, and die with the test process, however that ends.

mod clock;
mod port;
pub mod postgres;
pub mod redis;
mod server;

pub use clock::FakeClock;
pub use port::free_port;
