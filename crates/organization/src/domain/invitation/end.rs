//! How invitations end.

use std::fmt;

use jiff::Timestamp;

use super::{Invitation, State};

/// Why an invitation cannot be accepted any more. For administrators only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A user has become a member by it.
    Accepted,
    /// An administrator has ended it.
    Revoked,
    /// Another account has opened it, in a tenant where that ends it.
    Burnt,
    /// Its time was over at this instant.
    Expired(Timestamp),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("was already accepted"),
            Self::Revoked => f.write_str("was already revoked"),
            Self::Burnt => f.write_str("has ended, because another account opened it"),
            Self::Expired(at) => write!(f, "expired at {at}"),
        }
    }
}

impl Invitation {
    /// Why it cannot be accepted at `now`; `None` while it is open.
    #[must_use]
    pub fn end(&self, now: Timestamp) -> Option<End> {
        match &self.state {
            State::Open(_) if self.open_ticket(now).is_some() => None,
            State::Open(_) => Some(End::Expired(self.expires_at)),
            State::Accepted { .. } => Some(End::Accepted),
            State::Revoked => Some(End::Revoked),
            State::Burnt => Some(End::Burnt),
        }
    }
}
