//! Channels over real sockets: several loopback addresses are the replicas of a service.

mod faults;
mod members;
mod messages;
mod restarts;
mod support;
mod tls;
