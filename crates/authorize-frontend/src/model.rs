//! Our own types for what the backends send: made once, when a message is received, and checked there. Absence is `None`,
//! and words are enums. This module imports nothing of the frontend, and no messages.

mod tenant;

pub(crate) use tenant::{SessionLife, SessionLifetimes, Tenant};
