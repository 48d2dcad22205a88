//! This service's settings.

mod budget;

use std::path::{Path, PathBuf};

use doorward_service_kit::config::ConfigError;
use doorward_service_kit::grpc::GrpcConfig;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::{LogConfig, MetricsConfig};
use serde::Deserialize;

pub use budget::BudgetConfig;

/// Everything that `doorward-session` can be told. The store is given by exactly one of `redis` and `database`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to serve.
    pub grpc: GrpcConfig,
    /// The Redis server that keeps the sessions.
    #[serde(default)]
    pub redis: Option<RedisConfig>,
    /// The SQLite file that keeps the sessions.
    #[serde(default)]
    pub database: Option<DatabaseConfig>,
    /// What may be stored by requests without a session.
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
    /// `redis-cluster://[USER@]HOST:PORT,HOST:PORT`.
    pub url: String,
    /// File that holds the password; absent: none, or as the URL says.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// File that holds the password of the Sentinels; absent: none.
    #[serde(default)]
    pub sentinel_password_file: Option<PathBuf>,
    /// How long Redis may take to answer before that counts as late, in milliseconds; default 100, less than callers
    /// wait for this service.
    #[serde(default = "default_deadline_ms")]
    pub deadline_ms: u64,
    /// How many replicas have to acknowledge a sign-out before it is confirmed; absent: one behind Sentinels and in a
    /// cluster, none for a single server.
    #[serde(default)]
    pub confirm_replicas: Option<u32>,
    /// What to do when Redis has lost its data while this service was running.
    #[serde(default)]
    pub when_emptied: WhenEmptied,
    /// Whether a new store may begin where there is none at all; default true.
    #[serde(default = "yes")]
    pub may_begin: bool,
}

/// What to do when Redis has lost its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenEmptied {
    /// Answer nothing from what was lost until it is back.
    #[default]
    Wait,
    /// Declare the sessions lost, with an error in the log; users sign in again.
    BeginAgain,
}

fn yes() -> bool {
    true
}

fn default_deadline_ms() -> u64 {
    100
}

impl RedisConfig {
    /// A server, with the default for everything else.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            password_file: None,
            sentinel_password_file: None,
            deadline_ms: default_deadline_ms(),
            confirm_replicas: None,
            when_emptied: WhenEmptied::default(),
            may_begin: true,
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

/// The password in a file, without the line's end.
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

/// The store that the settings name.
#[derive(Debug, Clone, Copy)]
pub enum StoreConfig<'a> {
    /// For replicas that share their sessions.
    Redis(&'a RedisConfig),
    /// For a single process.
    Sqlite(&'a DatabaseConfig),
}

impl Config {
    /// The one store that is named.
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
        config.grpc.validate().unwrap();
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
}
