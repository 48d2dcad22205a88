//! This service's settings.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use argon2::Params;
use doorward_service_kit::grpc::GrpcConfig;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::tls::TlsConfig;
use doorward_service_kit::{LogConfig, MetricsConfig};
use serde::Deserialize;

/// Settings of `doorward-identity`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to serve.
    pub grpc: GrpcConfig,
    /// Certificates for mutual TLS with the other processes. Default: none, and plain gRPC on this machine only.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// Where users are kept.
    pub database: DatabaseConfig,
    /// The cost of hashing passwords.
    #[serde(default)]
    pub hashing: HashingConfig,
    /// How to log.
    #[serde(default)]
    pub log: LogConfig,
    /// Where to serve metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
}

/// Argon2id needs it for each password that is hashed, and one machine's memory is soon used up: 1 GiB.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;

/// The `[hashing]` section. Files may only ask for what OWASP's password storage cheat sheet recommends, or more.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Section")]
pub struct HashingConfig {
    /// Passwords hashed at the same time; default: one for each core.
    pub max_concurrent: NonZeroUsize,
    /// Calls that may wait for their turn, the others are refused; default 64.
    pub max_waiting: usize,
    /// Argon2id cost of a new hash. Default: 19 MiB, 2 passes, 1 lane.
    pub cost: Params,
}

impl Default for HashingConfig {
    fn default() -> Self {
        Self {
            max_concurrent: available_parallelism().unwrap_or(NonZeroUsize::MIN),
            max_waiting: 64,
            cost: Params::DEFAULT,
        }
    }
}

/// How the section is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    max_concurrent: Option<NonZeroUsize>,
    max_waiting: Option<usize>,
    memory_kib: Option<u32>,
    passes: Option<u32>,
    lanes: Option<u32>,
}

impl TryFrom<Section> for HashingConfig {
    type Error = String;

    fn try_from(section: Section) -> Result<Self, String> {
        let default = Self::default();
        Ok(Self {
            max_concurrent: section.max_concurrent.unwrap_or(default.max_concurrent),
            max_waiting: section.max_waiting.unwrap_or(default.max_waiting),
            cost: section.cost()?,
        })
    }
}

impl Section {
    fn cost(&self) -> Result<Params, String> {
        let memory_kib = self.memory_kib.unwrap_or(Params::DEFAULT_M_COST);
        let passes = self.passes.unwrap_or(Params::DEFAULT_T_COST);
        let lanes = self.lanes.unwrap_or(Params::DEFAULT_P_COST);
        for (key, value, least) in [
            ("memory_kib", memory_kib, Params::DEFAULT_M_COST),
            ("passes", passes, Params::DEFAULT_T_COST),
        ] {
            if value < least {
                return Err(format!("hashing.{key} must be at least {least}"));
            }
        }
        if memory_kib > MAX_MEMORY_KIB {
            return Err(format!(
                "hashing.memory_kib must be at most {MAX_MEMORY_KIB}"
            ));
        }
        Params::new(memory_kib, passes, lanes, None).map_err(|error| format!("hashing: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use doorward_service_kit::config::{ConfigError, load};
    use doorward_service_kit::with_causes;

    use super::*;

    fn load_with(hashing: &str) -> Result<Config, ConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        let needed = "[grpc]\nlisten = '127.0.0.1:7002'\n[database]\nurl = 'sqlite:///tmp/x.db'\n";
        std::fs::write(file.path(), format!("{needed}[hashing]\n{hashing}")).unwrap();
        load(Some(file.path()))
    }

    #[test]
    fn the_sample_is_what_is_used_without_it() {
        let sample =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/config/identity.toml");
        let config: Config = load(Some(&sample)).unwrap();
        doorward_service_kit::grpc::Server::new(&config.grpc, None).unwrap();
        assert_eq!(
            config.grpc.listen.to_string(),
            "unix:/run/doorward/identity.sock"
        );
        assert_eq!(config.hashing.cost, HashingConfig::default().cost);
        assert_eq!(
            config.hashing.max_waiting,
            HashingConfig::default().max_waiting
        );
    }

    #[test]
    fn hashing_may_only_be_made_harder_within_reason() {
        let harder = load_with("memory_kib = 65536\npasses = 3\nlanes = 4")
            .unwrap()
            .hashing
            .cost;
        assert_eq!(
            (harder.m_cost(), harder.t_cost(), harder.p_cost()),
            (65536, 3, 4)
        );
        for (weaker, key) in [
            ("memory_kib = 19455", "hashing.memory_kib"),
            ("memory_kib = 1048577", "hashing.memory_kib"),
            ("memory_kib = 4294967295", "hashing.memory_kib"),
            ("passes = 1", "hashing.passes"),
            ("lanes = 0", "hashing"),
            ("lanes = 2433", "hashing"),
            ("max_concurrent = 0", "max_concurrent"),
            ("memory = 65536", "memory"),
        ] {
            let error = with_causes(&load_with(weaker).unwrap_err());
            assert!(error.contains(key), "{weaker}: {error}");
        }
    }

    #[test]
    fn the_settings_for_containers_are_accepted() {
        for file in doorward_test_support::container_settings("identity") {
            let config: Config = doorward_service_kit::config::load(Some(&file)).unwrap();
            assert!(config.tls.is_some());
            assert_eq!(config.grpc.listen.to_string(), "0.0.0.0:7002");
        }
    }
}
