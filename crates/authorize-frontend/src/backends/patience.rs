//! Time limits of calls.

use std::time::Duration;

/// The time limits of one call, and of all calls of a request together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The limit of one repeatable call. Other calls have the remaining time of their request.
    pub call: Duration,
    /// The limit of a silent authentication: its application waits, and treats every error as a sign-out.
    pub silent: Duration,
    /// The limit of all other requests.
    pub page: Duration,
    /// The limit of a request that checks or sets a password, which takes longest and may have to wait in a queue.
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
