//! Serving and calling gRPC: by mutual TLS, over Unix sockets, over plain TCP on loopback addresses, and in memory.

mod address;
mod callers;
mod calls;
mod channel;
mod health;
mod in_memory;
mod limited;
pub(crate) mod measurement;
mod secure;
mod server;
#[cfg(test)]
mod test_service;
#[cfg(test)]
mod tests;
mod timeout;
mod unix;

pub use address::{AddressError, GrpcAddress};
pub use channel::{
    Attempts, Channel, ChannelError, attempts, connect, is_circuit_open, with_deadline,
};
pub use health::{NoStore, StoreHealth};
pub use in_memory::in_memory;
pub(crate) use measurement::{code_name, code_of};
pub use server::{GrpcConfig, ServeError, Server};
