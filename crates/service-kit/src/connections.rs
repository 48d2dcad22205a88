//! Limits of all listening sockets, in number and in time, so that peers that send nothing, read nothing or come in
//! thousands never keep others from being served.

mod group;
pub mod http;
pub mod https;
mod limits;
mod listener;
mod progress;
mod stream;
mod table;
#[cfg(test)]
mod tests;

pub use group::Group;
pub use limits::ConnectionLimits;
pub use listener::{Accept, Listener};
pub use stream::GuardedStream;
pub(crate) use stream::PREFACE;
