//! Serving and calling gRPC: over Unix sockets, over TCP on loopback addresses, and in memory.

mod address;
mod channel;
mod handed_on;
mod in_memory;
mod serve;
#[cfg(test)]
mod tests;
mod unix;

pub use address::GrpcAddress;
pub use channel::{ChannelError, connect, with_deadline};
pub use handed_on::HandedOn;
pub use in_memory::in_memory;
pub use serve::{GrpcConfig, ServeError, serve};
