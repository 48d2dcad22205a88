//! Group C: input is shown as text only.

mod escaping;
mod line_ends;
mod modes;
mod policy;

pub(super) use modes::message;
pub(super) use policy::directives;
