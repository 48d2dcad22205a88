//! Organizations: types and rules, no I/O.

mod organization;
mod patch;

pub use organization::{Organization, OrganizationId, OrganizationName, UserId};
pub use patch::{Change, Patch, check_distinct};
