//! This service's settings.

mod budget;

use std::path::{Path, PathBuf};

use doorward_service_kit::config::ConfigError;
use doorward_service_kit::grpc::GrpcConfig;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::tls::TlsConfig;
use doorward_service_kit::{LogConfig, MetricsConfig};
use serde::Deserialize;

pub use budget::BudgetConfig;

/// Settings of `doorward-session`. Exactly one of `redis` and `database` must be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to serve.
    pub grpc: GrpcConfig,
    /// Certificates for mutual TLS with the other processes. Default: none, and plain gRPC on this machine only.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// The Redis server that keeps the sessions.
    #[serde(default)]
    pub redis: Option<RedisConfig>,
    /// The SQLite file that keeps the sessions.
    #[serde(default)]
    pub database: Option<DatabaseConfig>,
    /// How much of the store requests without a session may use.
    #[serde(default)]
    pub budget: BudgetConfig,
    /// How to log.
    #[serde(default)]
    pub log: LogConfig,
    /// Where to serve metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
}

/// The `[redis]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisConfig {
    /// `redis://[USER@]HOST:PORT[/DATABASE]`, `redis-sentinel://[USER@]HOST:PORT,HOST:PORT/SERVICE[/DATABASE]`, or
    /// `redis-cluster://[USER@]HOST:PORT,HOST:PORT`; with `rediss` instead of `redis` for TLS.
    pub url: String,
    /// PEM file with the certificate authorities of Redis's certificate. Default: those of the system.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// PEM file with a certificate for Redis. Default: none is sent.
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    /// PEM file with the private key of `certificate`.
    #[serde(default)]
    pub key: Option<PathBuf>,
    /// Allows to connect to another machine without TLS. Default false.
    #[serde(default)]
    pub allow_insecure: bool,
    /// File that holds the password. Default: the password in the URL, if any.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// File that holds the password of the Sentinels. Default: no password.
    #[serde(default)]
    pub sentinel_password_file: Option<PathBuf>,
    /// Deadline of a call to Redis in milliseconds. Default 100. Must be less than the deadline of callers of this
    /// service.
    #[serde(default = "default_deadline_ms")]
    pub deadline_ms: u64,
    /// Number of replicas that must acknowledge a sign-out before it succeeds. Default: 1 with Sentinels and in a
    /// cluster, 0 for a single server.
    #[serde(default)]
    pub min_replica_acks: Option<u32>,
    /// Reaction to a loss of the data in Redis while this service is running. Default: wait.
    #[serde(default)]
    pub on_data_loss: OnDataLoss,
    /// Allows to create a new store in a Redis that holds none. Default true.
    #[serde(default = "yes")]
    pub allow_new_store: bool,
}

/// Reaction to a loss of the data in Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDataLoss {
    /// Calls on the lost partitions fail until the data is restored.
    #[default]
    Wait,
    /// Logs an error and starts an empty store; users have to sign in again.
    StartEmpty,
}

fn yes() -> bool {
    true
}

fn default_deadline_ms() -> u64 {
    100
}

impl RedisConfig {
    /// Settings for the server at `url`, with defaults for everything else.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ca: None,
            certificate: None,
            key: None,
            allow_insecure: false,
            password_file: None,
            sentinel_password_file: None,
            deadline_ms: default_deadline_ms(),
            min_replica_acks: None,
            on_data_loss: OnDataLoss::default(),
            allow_new_store: true,
        }
    }

    pub(crate) fn password(&self) -> Result<Option<String>, ConfigError> {
        read("redis.password_file", self.password_file.as_deref())
    }

    pub(crate) fn sentinel_password(&self) -> Result<Option<String>, ConfigError> {
        read(
            "redis.sentinel_password_file",
            self.sentinel_password_file.as_deref(),
        )
    }
}

/// Reads a password file, without the newline at its end.
fn read(setting: &'static str, path: Option<&Path>) -> Result<Option<String>, ConfigError> {
    let Some(path) = path else {
        return Ok(None);
    };
    match std::fs::read_to_string(path) {
        Ok(password) => Ok(Some(password.trim_end().to_owned())),
        Err(error) => Err(ConfigError::invalid(
            setting,
            format!("{}: {error}", path.display()),
        )),
    }
}

/// The configured store.
#[derive(Debug, Clone, Copy)]
pub enum StoreConfig<'a> {
    /// Shared by all replicas of this service.
    Redis(&'a RedisConfig),
    /// For a single process.
    Sqlite(&'a DatabaseConfig),
}

impl Config {
    /// Returns the configured store. Fails unless there is exactly one.
    pub fn store(&self) -> Result<StoreConfig<'_>, ConfigError> {
        match (&self.redis, &self.database) {
            (Some(redis), None) => Ok(StoreConfig::Redis(redis)),
            (None, Some(database)) if database.url.starts_with("sqlite:") => {
                Ok(StoreConfig::Sqlite(database))
            }
            (None, Some(_)) => Err(ConfigError::invalid(
                "database.url",
                "must begin with sqlite://; for several replicas, set redis.url instead",
            )),
            (None, None) => Err(ConfigError::invalid(
                "redis.url",
                "no store is set; set redis.url, or database.url for a SQLite file",
            )),
            (Some(_), Some(_)) => Err(ConfigError::invalid(
                "redis.url",
                "database.url is set too; sessions are kept in one of them",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRPC: &str = "[grpc]\nlisten = '127.0.0.1:7003'\n";
    const REDIS: &str = "[redis]\nurl = 'redis://127.0.0.1:6379/'\n";

    fn load(text: &str) -> Config {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        doorward_service_kit::config::load(Some(file.path())).unwrap()
    }

    fn refusal(sections: &str) -> String {
        load(&format!("{GRPC}{sections}"))
            .store()
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_sample_is_read() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/config/session.toml");
        let config: Config = doorward_service_kit::config::load(Some(&path)).unwrap();
        doorward_service_kit::grpc::Server::new(&config.grpc, None).unwrap();
        assert_eq!(
            config.grpc.listen.to_string(),
            "unix:/run/doorward/session.sock"
        );
        assert!(matches!(config.store(), Ok(StoreConfig::Redis(_))));
    }

    #[test]
    fn one_store_is_taken() {
        let config = load(&format!("{GRPC}{REDIS}"));
        assert!(matches!(config.store(), Ok(StoreConfig::Redis(_))));
        let config = load(&format!("{GRPC}[database]\nurl = 'sqlite:///tmp/s.db'"));
        assert!(matches!(config.store(), Ok(StoreConfig::Sqlite(_))));
    }

    #[test]
    fn the_choices_after_a_data_loss_are_read() {
        let choices = "on_data_loss = 'start_empty'\nallow_new_store = false\nmin_replica_acks = 2";
        let redis = load(&format!("{GRPC}{REDIS}{choices}")).redis.unwrap();
        assert_eq!(redis.on_data_loss, OnDataLoss::StartEmpty);
        assert_eq!(
            (redis.allow_new_store, redis.min_replica_acks),
            (false, Some(2))
        );
    }

    #[test]
    fn no_store_two_stores_and_postgres_are_refused_by_name() {
        let none = refusal("");
        assert!(
            none.contains("redis.url") && none.contains("database.url"),
            "{none}"
        );
        let both = refusal(&format!("{REDIS}[database]\nurl = 'sqlite:///tmp/s.db'"));
        assert!(
            both.contains("redis.url") && both.contains("database.url"),
            "{both}"
        );
        let postgres = refusal("[database]\nurl = 'postgres://localhost/session'");
        assert!(postgres.contains("database.url"), "{postgres}");
    }

    #[test]
    fn the_settings_for_containers_are_accepted() {
        for file in doorward_test_support::container_settings("session") {
            let config: Config = doorward_service_kit::config::load(Some(&file)).unwrap();
            assert!(config.tls.is_some());
            assert_eq!(config.grpc.listen.to_string(), "0.0.0.0:7003");
            assert!(matches!(config.store(), Ok(StoreConfig::Redis(_))));
        }
    }
}
