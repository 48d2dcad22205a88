//! This service's settings.

use doorward_service_kit::grpc::GrpcConfig;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::tls::TlsConfig;
use doorward_service_kit::{LogConfig, MetricsConfig};
use serde::Deserialize;

/// The settings of `doorward-client-registry`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The address to serve at.
    pub grpc: GrpcConfig,
    /// Certificates for mutual TLS with the other processes. Default: none, and plain gRPC on this machine only.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// The database for tenant settings, applications, APIs and connections.
    pub database: DatabaseConfig,
    /// Logging.
    #[serde(default)]
    pub log: LogConfig,
    /// Metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_sample_is_valid() {
        let sample =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/config/client-registry.toml");
        let config: Config = doorward_service_kit::config::load(Some(&sample)).unwrap();
        doorward_service_kit::grpc::Server::new(&config.grpc, None).unwrap();
        assert_eq!(
            config.grpc.listen.to_string(),
            "unix:/run/doorward/client-registry.sock"
        );
    }

    #[test]
    fn the_settings_for_containers_are_accepted() {
        for file in doorward_test_support::container_settings("client-registry") {
            let config: Config = doorward_service_kit::config::load(Some(&file)).unwrap();
            assert!(config.tls.is_some());
            assert_eq!(config.grpc.listen.to_string(), "0.0.0.0:7001");
        }
    }
}
