//! Opaque access tokens.

use jiff::Timestamp;

use super::UserId;

/// Rights of an opaque access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// User of the token.
    pub user_id: UserId,
    /// Application that it was issued to.
    pub client_id: String,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// Expiry.
    pub expires_at: Timestamp,
    /// Organization that the user signed in to. Empty: none.
    pub organization_id: String,
}
