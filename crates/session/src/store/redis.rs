//! Sessions, transactions and access tokens in Redis.
//!
//! | key | type | holds |
//! |---|---|---|
//! | `doorward:user:{SLOT}` | hash | `user`: the user's copy; `version`: its version, and that from which on sessions count; every other field is a session, by the hash of its token |
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

    /// Refuses a server that would throw sessions away when its memory is full. One that does not answer yet is only
    /// warned of.
    pub async fn refuse_eviction(&self) -> Result<(), ConfigError> {
        match self.connection.eviction_policy().await {
            Ok(Some(policy)) if policy != "noeviction" => Err(ConfigError::invalid(
                "redis.url",
                format!(
                    "the server has maxmemory-policy {policy}, which ends sessions; it must be noeviction"
                ),
            )),
            Ok(_) => {
                tracing::info!("redis answers");
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "redis does not answer yet, so its maxmemory-policy is not known");
                Ok(())
            }
        }
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
