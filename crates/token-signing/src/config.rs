//! This service's settings.

use std::num::NonZeroU16;
use std::path::PathBuf;

use doorward_service_kit::grpc::GrpcConfig;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::tls::TlsConfig;
use doorward_service_kit::{LogConfig, MetricsConfig};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::domain::Issuer;

/// Settings of `doorward-token-signing`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to serve.
    pub grpc: GrpcConfig,
    /// Certificates for mutual TLS with the other processes. Default: none, and plain gRPC on this machine only.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// The `iss` claim of every token: the public address of the deployment, with a slash at its end.
    pub issuer: Issuer,
    /// Where the signing keys are kept, encrypted.
    pub database: DatabaseConfig,
    /// File with the key that the signing keys are encrypted with: 32 random bytes as base64 text.
    pub key_encryption_key_file: PathBuf,
    /// When signing keys are rotated.
    #[serde(default)]
    pub rotation: RotationConfig,
    /// How to log.
    #[serde(default)]
    pub log: LogConfig,
    /// Where to serve metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
}

/// When signing keys are rotated.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RotationConfig {
    /// How long the next key is published, in seconds, before a rotation makes it sign; `doorward keys rotate --force`
    /// does not wait. Default 3600.
    pub spacing_seconds: u32,
    /// Rotates by itself when the current key has signed for so many days. Default: only by command.
    pub every_days: Option<NonZeroU16>,
}

impl Default for RotationConfig {
    fn default() -> Self {
        Self {
            spacing_seconds: 3600,
            every_days: None,
        }
    }
}

impl RotationConfig {
    pub(crate) fn spacing(self) -> SignedDuration {
        SignedDuration::from_secs(self.spacing_seconds.into())
    }

    pub(crate) fn every(self) -> Option<SignedDuration> {
        let days = self.every_days?.get();
        Some(SignedDuration::from_hours(24 * i64::from(days)))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use doorward_service_kit::config::load;
    use doorward_service_kit::with_causes;

    use super::*;

    #[test]
    fn the_sample_is_valid() {
        let sample =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/config/token-signing.toml");
        let config: Config = load(Some(&sample)).unwrap();
        doorward_service_kit::grpc::Server::new(&config.grpc, None).unwrap();
        assert_eq!(
            config.grpc.listen.to_string(),
            "unix:/run/doorward/token-signing.sock"
        );
    }

    #[test]
    fn an_issuer_without_its_slash_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "issuer = 'https://login.example.com'";
        std::fs::write(file.path(), text).unwrap();
        let problem = with_causes(&load::<Config>(Some(file.path())).unwrap_err());
        assert!(problem.contains("issuer"), "{problem}");
        assert!(problem.contains("slash"), "{problem}");
    }

    #[test]
    fn the_settings_of_the_local_stack_are_accepted() {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/compose/token-signing.toml");
        let config: Config = doorward_service_kit::config::load(Some(&file)).unwrap();
        assert!(config.tls.is_some());
        assert_eq!(config.grpc.listen.to_string(), "0.0.0.0:7005");
    }
}
