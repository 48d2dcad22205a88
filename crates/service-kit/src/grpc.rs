//! Serving and calling gRPC, over TCP on loopback addresses and in memory.

mod channel;
mod handed_on;
mod in_memory;
mod serve;

pub use channel::{ChannelError, connect, with_deadline};
pub use handed_on::HandedOn;
pub use in_memory::in_memory;
pub use serve::{GrpcConfig, ServeError, serve};
