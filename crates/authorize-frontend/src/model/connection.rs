//! Sources of users.

/// A connection that a client may use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Connection {
    /// Unique; also the value of the `connection` parameter.
    pub(crate) name: String,
    /// Whether users can create accounts by themselves.
    pub(crate) allows_signup: bool,
    /// Least number of characters in a password.
    pub(crate) min_password_length: u32,
}
