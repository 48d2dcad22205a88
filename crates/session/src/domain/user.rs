//! Copies of users.

use doorward_proto::common::v1 as wire;
use doorward_service_kit::token_hash;

use super::UserHash;

/// The `sub` of a user. Opaque here; `identity` owns it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId(String);

impl UserId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Identifies the copy and the sessions of this user in a store.
    #[must_use]
    pub fn user_hash(&self) -> UserHash {
        // mutant: all-users-have-one-hash
        UserHash::from_hash(&token_hash(&self.0))
    }
}

impl From<String> for UserId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

/// A copy of a user, who is owned by `identity`.
#[derive(Debug, Clone, PartialEq)]
pub struct User(wire::User);

impl User {
    /// Id of the user.
    #[must_use]
    pub fn id(&self) -> UserId {
        UserId::from(self.0.user_id.clone())
    }

    /// Rises with every change. An older version never replaces a newer one.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// Sessions that were opened with an older version are revoked. 0: none is.
    #[must_use]
    pub fn sessions_from_version(&self) -> u64 {
        self.0.sessions_from_version
    }

    /// Name of the connection that the user belongs to.
    #[must_use]
    pub fn connection(&self) -> &str {
        &self.0.connection
    }

    /// Whether the user is blocked.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.0.blocked
    }

    /// The message from `identity`.
    #[must_use]
    pub fn message(&self) -> &wire::User {
        &self.0
    }

    /// The message from `identity`.
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
