//! What an opaque access token stands for.

use jiff::Timestamp;

use super::UserId;

/// The rights that come with an opaque access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Whose it is.
    pub user_id: UserId,
    /// Application that it was issued to.
    pub client_id: String,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Organization that the user signed in to; empty: none.
    pub organization_id: String,
}
