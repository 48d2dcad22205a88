//! Messages to domain types and back.

mod answer;
mod changes;
mod request;
#[cfg(test)]
mod tests;

pub(crate) use changes::{changes, left_out};
pub(crate) use request::{client, client_grant, connection, desired, resource_server, tenant};
