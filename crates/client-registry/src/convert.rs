//! Messages to domain types and back.

mod answer;
mod changes;
mod request;
#[cfg(test)]
mod tests;

pub(crate) use changes::changes;
pub(crate) use request::desired;
