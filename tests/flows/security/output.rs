//! Group C: what was sent is never more than text, wherever it is shown.

mod escaping;
mod line_ends;
mod modes;
mod policy;

pub(super) use modes::message;
pub(super) use policy::directives;
