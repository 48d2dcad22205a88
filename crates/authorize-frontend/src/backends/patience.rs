//! How long to wait.

use std::time::Duration;

/// How long one call may take, and how long all calls of one request together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For one call that can be repeated. One that cannot gets what its request has left.
    pub call: Duration,
    /// For a silent authentication: its application waits, and takes every error for a sign-out.
    pub silent: Duration,
    /// For everything else that is answered with a page or a document.
    pub page: Duration,
    /// For a page that checks or sets a password, which takes longer than anything else and may have to wait for its
    /// turn.
    pub password: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            call: Duration::from_millis(250),
            silent: Duration::from_millis(800),
            page: Duration::from_secs(2),
            password: Duration::from_secs(3),
        }
    }
}
