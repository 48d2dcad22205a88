//! Messages to domain types and back.

mod answer;
mod request;

pub(crate) use answer::all;
pub(crate) use request::selector;
