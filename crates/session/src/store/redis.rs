//! Sessions, transactions and access tokens in Redis.
//!
//! | key | type | holds |
//! |---|---|---|
//! | `doorward:user:{SLOT}` | hash | `user`, `version`: the user's copy; every other field is a session, by the hash of its token |
//! | `doorward:user-relay-position` | string | how far changes of users were relayed |
//! | `doorward:transaction:{HASH}` | hash | a pending transaction, by the hash of its id |
//! | `doorward:transaction-client:{HASH}` | hash | `client_id`, `expires_at`: its application, kept for longer |
//! | `doorward:access-token:HASH` | string | what an opaque access token stands for, by its hash |
//!
//! A user and all his sessions are one key: found, listed and ended at once, in one slot of a cluster, without a scan. The
//! braces let later keys of the same user, and both keys of a transaction, lie in the same slot. No key holds text that somebody else chose.
//!
//! What must be atomic is a Lua script, called by its digest (`EVALSHA`) and loaded whenever Redis does not have it. The
//! time is always the service's: expiry in Redis only clears away, some minutes late, what has ended already.

mod connection;
mod sessions;
#[cfg(test)]
mod tests;
mod transactions;

use std::time::Duration;

use doorward_service_kit::config::ConfigError;
use jiff::Timestamp;

use crate::config::RedisConfig;
use crate::domain::Slot;
use crate::store::record::to_millis;
use connection::Connection;

/// Clocks may differ by as much without a key vanishing before its time.
const BACKSTOP: Duration = Duration::from_mins(10);

/// Sessions, transactions and access tokens in Redis.
#[derive(Debug)]
pub struct RedisStore {
    connection: Connection,
}

impl RedisStore {
    /// A store that connects in the background, and again whenever Redis comes back. Needs a Tokio runtime.
    pub fn open(config: &RedisConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            connection: Connection::open(config)?,
        })
    }
}

fn user_key(slot: &Slot) -> String {
    format!("doorward:user:{{{}}}", slot.as_str())
}

/// How long Redis keeps something that ends at `end`, in milliseconds.
fn time_to_live(end: Timestamp, now: Timestamp) -> u64 {
    let left = Duration::try_from(end.duration_since(now)).unwrap_or_default();
    to_millis(left + BACKSTOP)
}
