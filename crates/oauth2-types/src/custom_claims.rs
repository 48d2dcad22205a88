//! Claims that a tenant adds to tokens: what they may be called, and where their values come from.

mod name;
mod source;

pub use name::{ClaimNameError, CustomClaimName};
pub use source::{ClaimSource, UnknownClaimSource};

/// The most that the custom claims of one token may have, names and values as JSON, in bytes. As on Auth0.
pub const MAX_CUSTOM_CLAIMS_BYTES: usize = 100 * 1024;
