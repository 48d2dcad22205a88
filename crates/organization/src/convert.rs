//! Messages to domain types and back.

mod answer;
mod invitation;
mod request;

pub(crate) use answer::all;
pub(crate) use invitation::{invitation, ticket};
pub(crate) use request::{organization_id, selector};
