//! The times of sending.

use std::time::Duration;

/// Fixed but for tests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// Delay between two looks into the outbox.
    pub(super) poll: Duration,
    /// Time after which the mail of a killed worker is sent by another one. The worker renews its claim meanwhile.
    pub(super) claim: Duration,
    /// Delay before the second attempt; doubles with each further one.
    pub(super) retry_first: Duration,
    /// Longest delay between two attempts to send one mail.
    pub(super) retry_longest: Duration,
    /// Longest delay between two attempts while the server fails for all mails.
    pub(super) pause_longest: Duration,
    /// Deadline from connecting to the server's readiness to take the content.
    pub(super) command: Duration,
    /// Deadline for the server's answer to the content (RFC 5321 §4.5.3.2.6). A shorter one would send mails twice.
    pub(super) acceptance: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            claim: Duration::from_secs(30),
            retry_first: Duration::from_secs(5),
            retry_longest: Duration::from_mins(5),
            pause_longest: Duration::from_mins(1),
            command: Duration::from_secs(30),
            acceptance: Duration::from_mins(10),
        }
    }
}

impl Times {
    /// The delay after `attempts` failed attempts to send one mail.
    pub(super) fn retry(&self, attempts: u32) -> Duration {
        doubled(self.retry_first, attempts).min(self.retry_longest)
    }

    /// The delay after the server has failed `failures` times in a row.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        doubled(self.retry_first, failures).min(self.pause_longest)
    }
}

/// `first`, doubled for each count after the first one.
fn doubled(first: Duration, count: u32) -> Duration {
    first.saturating_mul(1 << count.saturating_sub(1).min(16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_limit() {
        let times = Times::default();
        let seconds = |attempts| times.retry(attempts).as_secs();
        assert_eq!(
            [0, 1, 2, 3, 6, 7, 8, u32::MAX].map(seconds),
            [5, 5, 10, 20, 160, 300, 300, 300]
        );
        assert_eq!(times.pause(u32::MAX).as_secs(), 60);
    }
}
