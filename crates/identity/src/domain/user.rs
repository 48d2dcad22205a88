//! Who a user is.

use std::collections::BTreeSet;
use std::fmt;

use doorward_oauth2_types::StandardClaim;
use doorward_proto::InvalidField;
use jiff::Timestamp;

use super::{Consent, Email, Profile, RoleId};

/// A JSON object that applications keep about a user.
pub type Metadata = serde_json::Map<String, serde_json::Value>;

/// Metadata that a user gets, if they do not have it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AddedMetadata {
    /// For `app_metadata`.
    pub app: Metadata,
    /// For `user_metadata`.
    pub user: Metadata,
}

fn add_missing(metadata: &mut Metadata, added: Metadata) {
    for (key, value) in added {
        metadata.entry(key).or_insert(value);
    }
}

/// The `sub` of a user: `auth0|` and 24 hexadecimal digits, or whatever an import gave.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId(String);

impl UserId {
    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(format!("auth0|{}", doorward_service_kit::hex()))
    }

    /// Checks an id.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        check_name("user_id", text)?;
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Name of the connection that a user belongs to; what it means is `client-registry`'s business.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection(String);

impl Connection {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        check_name("connection", text)?;
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks an id or a name of any kind.
pub(super) fn check_name(field: &str, text: &str) -> Result<(), InvalidField> {
    if !(1..=255).contains(&text.len()) {
        return Err(InvalidField::new(field, "must have 1 to 255 bytes"));
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidField::new(field, "must not have control characters"));
    }
    Ok(())
}

/// A user account.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Stays for ever.
    pub id: UserId,
    /// One more with every change.
    pub version: u64,
    /// Where the email is unique.
    pub connection: Connection,
    /// How the user signs in.
    pub email: Email,
    /// Whether the mailbox was proved.
    pub email_verified: bool,
    /// The other claims.
    pub profile: Profile,
    /// Whether the user is kept out.
    pub blocked: bool,
    /// Data of applications that the user cannot change.
    pub app_metadata: Metadata,
    /// Data of applications that the user can change.
    pub user_metadata: Metadata,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the profile last changed; roles and consents are no part of it.
    pub updated_at: Timestamp,
    /// The ids of the user's roles.
    pub role_ids: BTreeSet<RoleId>,
    /// The user's consents, one per application, API and organization, ordered by them.
    pub consents: Vec<Consent>,
    /// Sessions that began with an older version have ended; 0: none has.
    pub sessions_from_version: u64,
}

impl User {
    /// A new account, named after its email.
    #[must_use]
    pub fn new(id: UserId, connection: Connection, email: Email, now: Timestamp) -> Self {
        Self {
            id,
            version: 1,
            connection,
            profile: Profile::named_after(&email),
            email,
            email_verified: false,
            blocked: false,
            app_metadata: Metadata::new(),
            user_metadata: Metadata::new(),
            created_at: now,
            updated_at: now,
            role_ids: BTreeSet::new(),
            consents: Vec::new(),
            sessions_from_version: 0,
        }
    }

    /// Whether a change to what this user is now ends all sessions of `before`: of how they sign in, how they are
    /// reached, or whether they are let in. A new password does so too, and is no part of a user.
    #[must_use]
    pub fn ends_sessions_of(&self, before: &Self) -> bool {
        (self.blocked && !before.blocked)
            || self.email != before.email
            || self.email_verified != before.email_verified
            || [StandardClaim::Username, StandardClaim::PhoneNumber]
                .into_iter()
                .any(|claim| self.profile.text(claim) != before.profile.text(claim))
    }

    /// Notes that the mailbox was proved, and adds metadata under keys that the user does not have yet. Returns
    /// whether that changed anything. The first proof ends all sessions: another person may have opened them, by
    /// typing an address that is not theirs.
    pub fn confirm_email(&mut self, added: AddedMetadata, now: Timestamp) -> bool {
        let before = self.clone();
        self.email_verified = true;
        add_missing(&mut self.app_metadata, added.app);
        add_missing(&mut self.user_metadata, added.user);
        if *self == before {
            return false;
        }
        // mutant: sessions-survive-the-proof-of-the-address
        if self.ends_sessions_of(&before) {
            self.end_sessions();
        } else {
            self.version += 1;
        }
        self.updated_at = now;
        true
    }

    /// Whether the last change was one that ends all sessions.
    #[must_use]
    pub fn sessions_have_just_ended(&self) -> bool {
        self.sessions_from_version == self.version
    }

    /// The next version of this user, from which on sessions count: all that there are end.
    pub fn end_sessions(&mut self) {
        self.version += 1;
        self.sessions_from_version = self.version;
    }
}
