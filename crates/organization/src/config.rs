//! This service's settings.

use std::path::PathBuf;

use doorward_service_kit::grpc::GrpcConfig;
use doorward_service_kit::mail::MailConfig;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::tls::TlsConfig;
use doorward_service_kit::{LogConfig, MetricsConfig};
use serde::Deserialize;

use crate::InvitationLimits;

/// Settings of `doorward-organization`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to serve.
    pub grpc: GrpcConfig,
    /// Certificates for mutual TLS with the other processes. Default: none, and plain gRPC on this machine only.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// Where organizations and members are kept.
    pub database: DatabaseConfig,
    /// File with the key that tickets of invitations and mails are encrypted with: 32 random bytes as base64 text. The
    /// same for all replicas.
    pub key_encryption_key_file: PathBuf,
    /// Limits for invitations.
    #[serde(default)]
    pub invitations: InvitationLimits,
    /// How mails are sent. Default: they wait in the database.
    #[serde(default)]
    pub mail: Option<MailConfig>,
    /// How to log.
    #[serde(default)]
    pub log: LogConfig,
    /// Where to serve metrics.
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
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/config/organization.toml");
        let config: Config = doorward_service_kit::config::load(Some(&sample)).unwrap();
        doorward_service_kit::grpc::Server::new(&config.grpc, None).unwrap();
        assert_eq!(
            config.grpc.listen.to_string(),
            "unix:/run/doorward/organization.sock"
        );
    }

    #[test]
    fn the_settings_for_containers_are_accepted() {
        for file in doorward_test_support::container_settings("organization") {
            let config: Config = doorward_service_kit::config::load(Some(&file)).unwrap();
            assert!(config.tls.is_some());
            assert_eq!(config.grpc.listen.to_string(), "0.0.0.0:7004");
        }
    }
}
