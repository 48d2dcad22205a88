//! The times of a channel, together, so that tests can shorten them.

use std::time::Duration;

#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// For opening a connection, from the first packet to the first answer to a ping. Long enough for a machine that
    /// starts many processes at once: a command that makes one call has one attempt.
    pub(super) open: Duration,
    /// How long a call waits for a connection after the last one was lost. The first one is waited for until the
    /// deadline of the call.
    pub(super) reconnect: Duration,
    /// From the answer to one ping to the next ping.
    pub(super) ping_interval: Duration,
    /// Without an answer to a ping for this long, other replicas are preferred.
    pub(super) ping_doubtful: Duration,
    /// Without an answer to a ping for this long, the connection is lost.
    pub(super) ping_timeout: Duration,
    /// Between two look-ups of a name.
    pub(super) resolve: Duration,
    /// The shortest time between two look-ups.
    pub(super) resolve_again: Duration,
    /// The age at which a connection is replaced; the random factor is between 0.8 and 1.2.
    pub(super) age: Duration,
    /// How long calls may go on over a connection whose certificates were replaced.
    pub(super) drain: Duration,
    /// The first and the longest delay before a replica is tried again; the random factor is between 0.7 and 1.3.
    pub(super) retry_first: Duration,
    pub(super) retry_longest: Duration,
    /// A connection that lasted this long begins again with the first delay.
    pub(super) stable: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            open: Duration::from_secs(3),
            reconnect: Duration::from_millis(100),
            ping_interval: Duration::from_secs(1),
            ping_doubtful: Duration::from_millis(250),
            ping_timeout: Duration::from_millis(1750),
            resolve: Duration::from_secs(1),
            resolve_again: Duration::from_millis(100),
            age: Duration::from_mins(5),
            drain: Duration::from_secs(20),
            retry_first: Duration::from_millis(50),
            retry_longest: Duration::from_millis(600),
            stable: Duration::from_secs(1),
        }
    }
}
