//! This service's settings.

use std::num::{NonZeroU16, NonZeroUsize};
use std::path::PathBuf;

use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::grpc::GrpcConfig;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::tls::TlsConfig;
use doorward_service_kit::{LogConfig, MetricsConfig};
use jiff::{SignedDuration, Timestamp};
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
    /// File with the key that signing keys are encrypted with: 32 random bytes as base64 text. Required without
    /// `[pkcs11]`, and until the last key that was encrypted with it is rotated out.
    #[serde(default)]
    pub key_encryption_key_file: Option<PathBuf>,
    /// A PKCS#11 token that holds the signing keys. Default: none.
    #[serde(default)]
    pub pkcs11: Option<Pkcs11Config>,
    /// How tokens may be signed.
    #[serde(default)]
    pub signing: SigningConfig,
    /// When signing keys are rotated.
    #[serde(default)]
    pub rotation: RotationConfig,
    /// How many seconds before the clock of this machine tokens are dated, 0 to 10: for verifiers whose clocks are
    /// behind, and which refuse an `iat` ahead of them. Default 0.
    #[serde(default)]
    pub backdate_seconds: Backdate,
    /// How to log.
    #[serde(default)]
    pub log: LogConfig,
    /// Where to serve metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
}

/// Seconds that tokens are dated back, 0 to 10.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(try_from = "u8")]
pub struct Backdate(u8);

impl Backdate {
    const LONGEST: u8 = 10;

    /// The time that tokens are dated.
    pub(crate) fn apply(self, now: Timestamp) -> Timestamp {
        now - SignedDuration::from_secs(self.0.into())
    }
}

impl TryFrom<u8> for Backdate {
    type Error = String;

    fn try_from(seconds: u8) -> Result<Self, String> {
        if seconds <= Self::LONGEST {
            Ok(Self(seconds))
        } else {
            Err(format!("must be 0 to {} seconds", Self::LONGEST))
        }
    }
}

/// The `[signing]` section.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SigningConfig {
    /// The algorithms that have keys, so that applications and APIs may use them; RS256 always has. Taking one off the
    /// list does not take away its keys; `doorward keys retire` does. Default `["RS256"]`.
    pub algs: Vec<SigningAlg>,
    /// Calls that may wait while others are signed; further ones are refused. Default: 128 for each processor, which
    /// are signed in less than a tenth of a second.
    pub max_waiting: Option<usize>,
}

impl SigningConfig {
    const WAITING_EACH: usize = 128;

    pub(crate) fn max_waiting(&self, at_once: usize) -> usize {
        let default = at_once.saturating_mul(Self::WAITING_EACH);
        self.max_waiting.unwrap_or(default)
    }

    /// In their order, RS256 first.
    pub(crate) fn switched_on(&self) -> Vec<SigningAlg> {
        let mut algs = [&[SigningAlg::default()], &*self.algs].concat();
        algs.sort_unstable();
        algs.dedup();
        algs
    }
}

/// The `[pkcs11]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pkcs11Config {
    /// The PKCS#11 module: a shared library of the token's vendor.
    pub module: PathBuf,
    /// The label of the token.
    pub token_label: String,
    /// File with the PIN of the token's user.
    pub pin_file: PathBuf,
    /// Whether new keys are made in the token. Otherwise they are encrypted with the key from
    /// `key_encryption_key_file`, and each rotation moves keys out of the token. Default true.
    #[serde(default = "yes")]
    pub new_keys: bool,
    /// Sessions with the token, and signatures at the same time. Default 8.
    #[serde(default = "sessions")]
    pub max_sessions: NonZeroUsize,
}

fn yes() -> bool {
    true
}

fn sessions() -> NonZeroUsize {
    NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN)
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
    fn tokens_are_dated_back_by_ten_seconds_at_most() {
        let read = |seconds: &str| serde_json::from_str::<Backdate>(seconds);
        let now = Timestamp::constant(100, 0);
        for seconds in [0, 1, 10] {
            let back = read(&seconds.to_string()).unwrap().apply(now);
            assert_eq!(back.as_second(), 100 - seconds);
        }
        for bad in ["11", "-1", "1.5"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read("11").unwrap_err().to_string().contains("0 to 10"));
    }

    #[test]
    fn more_calls_wait_where_more_are_signed_at_the_same_time() {
        let read = |text: &str| serde_json::from_str::<SigningConfig>(text);
        assert_eq!(read("{}").unwrap().max_waiting(4), 512);
        assert_eq!(read(r#"{"max_waiting": 0}"#).unwrap().max_waiting(4), 0);
        assert!(read(r#"{"waiting": 1}"#).is_err());
    }

    #[test]
    fn a_token_needs_its_module_its_label_and_its_pin() {
        let whole = r#"{"module": "m.so", "token_label": "t", "pin_file": "pin"}"#;
        let read = |text: &str| serde_json::from_str::<Pkcs11Config>(text);
        let config = read(whole).unwrap();
        assert!(config.new_keys);
        assert_eq!(config.max_sessions.get(), 8);
        for key in ["module", "token_label", "pin_file"] {
            let problem = read(&whole.replace(key, "other")).unwrap_err();
            assert!(problem.to_string().contains(key), "{problem}");
        }
        let none = whole.replace('}', r#", "max_sessions": 0}"#);
        assert!(read(&none).is_err());
    }

    #[test]
    fn rs256_is_always_switched_on() {
        let read = |text: &str| serde_json::from_str::<SigningConfig>(text);
        for (text, expected) in [
            ("{}", "RS256"),
            (r#"{"algs": []}"#, "RS256"),
            (
                r#"{"algs": ["EdDSA", "ES256", "EdDSA"]}"#,
                "RS256 ES256 EdDSA",
            ),
            (
                r#"{"algs": ["RS512", "RS256", "PS256"]}"#,
                "RS256 PS256 RS512",
            ),
        ] {
            let algs = read(text).unwrap().switched_on();
            let names: Vec<_> = algs.iter().map(|alg| alg.as_str()).collect();
            assert_eq!(names.join(" "), expected, "{text}");
        }
        let problem = read(r#"{"algs": ["HS256"]}"#).unwrap_err().to_string();
        assert!(
            problem.contains("RS256, PS256, RS512, ES256, EdDSA"),
            "{problem}"
        );
    }

    #[test]
    fn the_settings_for_containers_are_accepted() {
        for file in doorward_test_support::container_settings("token-signing") {
            let config: Config = doorward_service_kit::config::load(Some(&file)).unwrap();
            assert!(config.tls.is_some());
            assert_eq!(config.grpc.listen.to_string(), "0.0.0.0:7005");
        }
    }
}
