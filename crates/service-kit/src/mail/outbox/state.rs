//! How far a mail is.

use jiff::Timestamp;

/// How far a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailProgress {
    /// It waits for its first or next attempt.
    Queued,
    /// A mail server has accepted it.
    Sent,
    /// It was given up.
    Failed,
}

impl MailProgress {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let all = [Self::Queued, Self::Sent, Self::Failed];
        all.into_iter().find(|progress| progress.as_str() == text)
    }
}

/// How far a mail is, for administrators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailState {
    /// How far it is.
    pub progress: MailProgress,
    /// Number of attempts to send it.
    pub attempts: u32,
    /// Time of the last attempt; `None` before the first.
    pub last_attempt_at: Option<Timestamp>,
    /// Why the last attempt failed; `None` before the first one and after a success.
    pub last_error: Option<String>,
}
