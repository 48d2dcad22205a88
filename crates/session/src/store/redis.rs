//! Sessions, transactions and access tokens in Redis: one server, a primary with replicas behind Sentinels, or a
//! cluster.
//!
//! | key | type | holds |
//! |---|---|---|
//! | `doorward:{PP}:user:HASH` | hash | `user`: the user's copy; `version`: its version, and the oldest version whose sessions are not revoked; every other field is a session, by half of the hash of its token |
//! | `doorward:{AA}:user-relay-position` | string | how far changes of users were relayed |
//! | `doorward:{PP}:transaction:HASH` | string | a pending transaction, by the hash of its id |
//! | `doorward:{PP}:transaction-client:HASH` | string | its application, kept for longer |
//! | `doorward:{PP}:address:HASH` | string | how many sign-ins an address has begun, by its hash |
//! | `doorward:{PP}:browser:HASH` | string | the newest transactions of a browser, by the hash of its token |
//! | `doorward:{PP}:access-token:HASH` | string | what an opaque access token stands for, by its hash |
//! | `doorward:{PP}:store` | string | the marker of a partition: the id of the store |
//!
//! A user and all their sessions are one key: found, listed and ended at once, without a scan. No key holds text that
//! comes from a request. `PP` are the first two characters of what follows ([`keys`]); a partition lies in one slot of
//! a cluster.
//!
//! Functions inside Redis ([`functions`]) do everything: atomically, in one round trip, and only if the marker of the
//! partition exists. A partition without its marker has lost its data, so that a missing key means nothing
//! ([`contents`]). All times come from the service: expiry in Redis removes, some minutes late, what has already ended.

mod access_tokens;
mod address;
mod breaker;
mod clock;
mod connection;
mod contents;
mod counters;
mod failure;
mod functions;
mod keys;
mod markers;
mod memory;
mod record;
mod sessions;
mod supervisor;
#[cfg(test)]
mod tests;
mod tls;
mod topology;
mod transaction_record;
mod transactions;

use std::sync::Arc;
use std::time::Duration;

use doorward_service_kit::StoreError;
use doorward_service_kit::config::ConfigError;
use doorward_service_kit::grpc::StoreHealth;
use jiff::Timestamp;
use redis::RedisResult;

use crate::config::{BudgetConfig, RedisConfig};
use crate::store::record::to_millis;
use address::Address;
use connection::Connection;
use contents::Contents;
use failure::needs_another_setting;
use memory::Memory;
use supervisor::Supervisor;
use topology::Topology;

/// Added to the expiry of keys, so that none expires early while clocks differ by less.
const BACKSTOP: Duration = Duration::from_mins(10);

/// Sessions, transactions and access tokens in Redis.
#[derive(Debug)]
pub struct RedisStore {
    connection: Arc<Connection>,
    budget: BudgetConfig,
}

impl RedisStore {
    /// A store with the default budget.
    pub fn open(config: &RedisConfig) -> Result<Self, ConfigError> {
        Self::open_within(&BudgetConfig::default(), config)
    }

    /// Opens a store that connects, and reconnects, in the background. Needs a Tokio runtime.
    pub fn open_within(budget: &BudgetConfig, config: &RedisConfig) -> Result<Self, ConfigError> {
        let address = Address::parse(&config.url)?;
        let default = u32::from(address.has_replicas());
        let replicas = config.min_replica_acks.unwrap_or(default);
        let connection = Connection::new(config, replicas)?;
        let supervisor = Supervisor {
            topology: Topology::new(address, config)?,
            connection: Arc::clone(&connection),
            contents: Contents::new(config.on_data_loss, config.allow_new_store),
            may_be_used: false,
            was_used: false,
            max_bytes: budget.redis_bytes(),
        };
        connection.publish(None);
        tokio::spawn(supervisor.run());
        Ok(Self {
            connection,
            budget: *budget,
        })
    }

    /// The library of Redis functions, for `FUNCTION LOAD`.
    #[must_use]
    pub fn functions() -> &'static str {
        functions::library()
    }

    /// Loads the library, on every primary of a cluster. Fails first for settings that cannot be used.
    pub async fn load_functions(
        config: &RedisConfig,
    ) -> Result<Result<(), StoreError>, ConfigError> {
        let topology = Topology::new(Address::parse(&config.url)?, config)?;
        let load = async || topology.connect_one().await?.send(&functions::load()).await;
        Ok(load().await.map(drop).map_err(failure::store_error))
    }

    /// Waits until Redis is used, or for `patience`, so that the first calls of a new process do not fail.
    pub async fn wait_until_used(&self, patience: Duration) {
        if tokio::time::timeout(patience, self.connection.used())
            .await
            .is_err()
        {
            tracing::warn!("redis is not available yet; calls fail until it is");
        }
    }

    /// Refuses a server that evicts when its memory is full, that does not accept the password, or whose certificate is
    /// not trusted. Only warns of one that does not answer yet, which is
    /// checked again before it is used, and of one without a memory limit.
    pub async fn refuse_eviction(
        budget: &BudgetConfig,
        config: &RedisConfig,
    ) -> Result<(), ConfigError> {
        let topology = Topology::new(Address::parse(&config.url)?, config)?;
        let memory =
            async || -> RedisResult<Memory> { Memory::read(topology.connect_one().await?).await };
        let memory = match memory().await {
            Ok(memory) => memory,
            Err(error) if needs_another_setting(&error) => {
                return Err(ConfigError::invalid("redis.url", error.to_string()));
            }
            Err(error) => {
                tracing::warn!(%error, "redis does not answer yet");
                return Ok(());
            }
        };
        if let Some(policy) = memory.evicting_policy() {
            let problem = format!(
                "the server has maxmemory-policy {policy}, which evicts sessions; it must be noeviction"
            );
            return Err(ConfigError::invalid("redis.url", problem));
        }
        memory.warn_without_limit(budget.redis_bytes());
        Ok(())
    }
}

impl StoreHealth for RedisStore {
    async fn answers(&self) -> bool {
        self.connection.is_used()
    }
}

/// Time to live in Redis of a value that ends at `end`, in milliseconds.
fn time_to_live(end: Timestamp, now: Timestamp) -> u64 {
    let left = Duration::try_from(end.duration_since(now)).unwrap_or_default();
    to_millis(left + BACKSTOP)
}
