//! The kept copies of users.

use doorward_proto::common::v1 as wire;
use doorward_service_kit::token_hash;

use super::Slot;

/// The `sub` of a user; what it means is `identity`'s business.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId(String);

impl UserId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where this user's record and sessions lie.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot::from_hash(&token_hash(&self.0))
    }
}

impl From<String> for UserId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

/// A copy of a user. `identity` owns the user; nothing but the id and the version matters here.
#[derive(Debug, Clone, PartialEq)]
pub struct User(wire::User);

impl User {
    /// Whose copy it is.
    #[must_use]
    pub fn id(&self) -> UserId {
        UserId::from(self.0.user_id.clone())
    }

    /// Rises with every change; an older version never replaces a newer one.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// Sessions that began with an older version of this user have ended; 0: none has.
    #[must_use]
    pub fn sessions_from_version(&self) -> u64 {
        self.0.sessions_from_version
    }

    /// Name of the connection that the user belongs to.
    #[must_use]
    pub fn connection(&self) -> &str {
        &self.0.connection
    }

    /// Whether the user is kept out.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.0.blocked
    }

    /// The copy as it came.
    #[must_use]
    pub fn message(&self) -> &wire::User {
        &self.0
    }

    /// The copy as it came.
    #[must_use]
    pub fn into_message(self) -> wire::User {
        self.0
    }
}

impl From<wire::User> for User {
    fn from(message: wire::User) -> Self {
        Self(message)
    }
}
