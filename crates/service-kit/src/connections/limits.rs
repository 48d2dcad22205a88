//! How many connections there may be, and how long each may take.

use std::time::Duration;

use serde::Deserialize;

use crate::config::ConfigError;

/// The `[http.connections]` section. All times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionLimits {
    /// Connections in all; default 8192, and never more than half of the files that the process may open.
    pub max: usize,
    /// Connections of one IPv4 address or IPv6 /64 network; trusted proxies are exempt; default 256.
    pub max_per_address: usize,
    /// From accepting a connection to the end of its first request head, TLS handshake included; default 10000.
    pub first_request_ms: u64,
    /// From the first byte of a later request to the end of its head; default 10000.
    pub head_ms: u64,
    /// From a request head until the peer has read the whole answer; default 60000.
    pub request_ms: u64,
    /// Between requests; default 75000. HTTP/2 pings do not count as requests.
    pub idle_ms: u64,
    /// How long the peer may leave what was sent to it unread; default 10000.
    pub write_ms: u64,
    /// After this the connection takes no more requests and ends; default 3600000.
    pub age_ms: u64,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            max: 8192,
            max_per_address: 256,
            first_request_ms: 10_000,
            head_ms: 10_000,
            request_ms: 60_000,
            idle_ms: 75_000,
            write_ms: 10_000,
            age_ms: 3_600_000,
        }
    }
}

impl ConnectionLimits {
    /// Refuses limits of 0, under which nothing is served. `section` is the path of these settings.
    pub fn validate(&self, section: &str) -> Result<(), ConfigError> {
        let zero = [
            ("max", self.max == 0),
            ("max_per_address", self.max_per_address == 0),
            ("first_request_ms", self.first_request_ms == 0),
            ("head_ms", self.head_ms == 0),
            ("request_ms", self.request_ms == 0),
            ("idle_ms", self.idle_ms == 0),
            ("write_ms", self.write_ms == 0),
            ("age_ms", self.age_ms == 0),
        ];
        match zero.iter().find(|(_, is_zero)| *is_zero) {
            Some((key, _)) => Err(ConfigError::invalid(
                format!("{section}.{key}"),
                "must be 1 or more",
            )),
            None => Ok(()),
        }
    }

    pub(super) fn write(&self) -> Duration {
        Duration::from_millis(self.write_ms)
    }

    pub(super) fn first_request(&self) -> Duration {
        Duration::from_millis(self.first_request_ms)
    }
}
