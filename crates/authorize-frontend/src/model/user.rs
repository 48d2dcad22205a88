//! Users: the state of an account, and what its tokens and pages need.

use std::fmt;

use doorward_oauth2_types::{ClaimSet, StandardClaim};

/// A user.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(
    clippy::struct_field_names,
    reason = "`user_id` is the name everywhere"
)]
pub(crate) struct User {
    /// The `sub` claim.
    pub(crate) user_id: String,
    /// Name of the connection that the user belongs to.
    pub(crate) connection: String,
    /// Whether no token is issued for them.
    pub(crate) blocked: bool,
    /// The profile; `created_at` and `updated_at` are in it.
    pub(crate) claims: ClaimSet,
    pub(crate) role_ids: Vec<String>,
    /// At most one for each client, API and organization.
    pub(crate) consents: Vec<Consent>,
    pub(crate) versions: Versions,
    /// `None`: empty, or too large to be sent.
    pub(crate) app_metadata: Option<Metadata>,
    /// `None`: empty, or too large to be sent.
    pub(crate) user_metadata: Option<Metadata>,
}

/// A JSON object as text, for custom claims and the post-login hook. Applications may keep secrets in it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Metadata(String);

impl Metadata {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Metadata {
    fn from(json: String) -> Self {
        Self(json)
    }
}

impl From<Metadata> for String {
    fn from(metadata: Metadata) -> Self {
        metadata.0
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metadata [redacted]")
    }
}

impl User {
    pub(crate) fn email(&self) -> Option<&str> {
        self.claims.text(StandardClaim::Email)
    }

    /// Whether the user has proved that the mailbox is theirs.
    pub(crate) fn has_verified_email(&self) -> bool {
        self.claims.flag(StandardClaim::EmailVerified) == Some(true)
    }
}

/// Versions of the account. The `session` service orders its copies by them; the frontend only passes them on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    /// Rises with every change.
    pub(crate) version: u64,
    /// Sessions that began with an older version have ended; 0: none has.
    pub(crate) sessions_from_version: u64,
}

/// The consent of a user to one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consent {
    pub(crate) client_id: String,
    /// Identifier of the API; `None`: only the user's own profile.
    pub(crate) audience: Option<String>,
    /// The organization that it was given in.
    pub(crate) organization_id: Option<String>,
    pub(crate) scopes: Vec<String>,
}

/// A user to create.
pub(crate) struct NewUser<'a> {
    /// Name of the connection.
    pub(crate) connection: &'a str,
    pub(crate) email: &'a str,
    pub(crate) password: &'a str,
    /// Least number of characters, from the connection.
    pub(crate) min_password_length: u32,
}
