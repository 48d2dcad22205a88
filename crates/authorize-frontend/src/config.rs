//! This service's settings.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Duration;

use doorward_service_kit::config::ConfigError;
use doorward_service_kit::connections::ConnectionLimits;
use doorward_service_kit::grpc::{GrpcConfig, connect};
use doorward_service_kit::tls::{Tls, TlsConfig};
use doorward_service_kit::{LogConfig, MetricsConfig};
use ipnet::IpNet;
use serde::Deserialize;

use crate::backends::{Channels, POST_LOGIN_HOOK, Patience, PostLoginHookChannel};
use crate::issuer::Issuer;
use crate::workload::MIN_REQUESTS;

/// So many silent authentications take a processor about a tenth of a second.
const REQUESTS_PER_PROCESSOR: usize = 256;

/// Everything that `doorward-authorize-frontend` can be told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where browsers come.
    pub http: HttpConfig,
    /// Where `grpc.health.v1` is served.
    pub grpc: GrpcConfig,
    /// Certificates for mutual TLS with the other processes. Default: none, and plain gRPC on this machine only.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// The services behind it.
    pub backends: BackendsConfig,
    /// How to log.
    #[serde(default)]
    pub log: LogConfig,
    /// Where to serve metrics.
    #[serde(default)]
    pub metrics: MetricsConfig,
}

/// The `[http]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// Address under which browsers and applications know this deployment, for example `https://auth.example.com/`.
    /// Plain `http` only for loopback hosts.
    pub issuer: String,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// PEM file with the certificate chain; absent: plain HTTP, as behind a proxy that ends TLS.
    #[serde(default)]
    pub tls_cert: Option<PathBuf>,
    /// PEM file with the private key of `tls_cert`.
    #[serde(default)]
    pub tls_key: Option<PathBuf>,
    /// Networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted; default loopback.
    #[serde(default = "loopback")]
    pub trusted_proxies: Vec<IpNet>,
    /// How many requests may be worked on at a time; falls to a quarter of it under overload. Default: 256 for each
    /// processor.
    #[serde(default)]
    pub max_requests: Option<usize>,
    /// How many connections there may be, and how long each may take.
    #[serde(default)]
    pub connections: ConnectionLimits,
    /// Whether the issuer is plain `http` with a host that need not be loopback, and cookies lack `Secure`. For tests
    /// only: no settings file can set it.
    #[serde(skip)]
    pub plain_http_for_tests: bool,
}

fn loopback() -> Vec<IpNet> {
    use std::net::{Ipv4Addr, Ipv6Addr};
    let v4 = ipnet::Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8);
    let v6 = ipnet::Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128);
    vec![v4.into(), v6.into()]
}

/// A certificate and its key.
pub(crate) struct TlsFiles<'a> {
    pub(crate) cert: &'a Path,
    pub(crate) key: &'a Path,
}

impl HttpConfig {
    /// Settings for plain HTTP with the default for everything else.
    #[must_use]
    pub fn new(issuer: impl Into<String>, listen: SocketAddr) -> Self {
        Self {
            issuer: issuer.into(),
            listen,
            tls_cert: None,
            tls_key: None,
            trusted_proxies: loopback(),
            max_requests: None,
            connections: ConnectionLimits::default(),
            plain_http_for_tests: false,
        }
    }

    /// Refuses what cannot be served.
    pub fn validate(&self) -> Result<Issuer, ConfigError> {
        let issuer = if self.plain_http_for_tests {
            Issuer::parse_plain_http(&self.issuer)?
        } else {
            Issuer::parse(&self.issuer)?
        };
        self.connections.validate("http.connections")?;
        if self.max_requests.is_some_and(|max| max < MIN_REQUESTS) {
            let problem = format!("must be {MIN_REQUESTS} or more");
            return Err(ConfigError::invalid("http.max_requests", problem));
        }
        if self.tls_files()?.is_some() && !issuer.is_https() {
            let problem = "must begin with https:// when a certificate is given";
            return Err(ConfigError::invalid("http.issuer", problem));
        }
        Ok(issuer)
    }

    pub(crate) fn max_requests(&self) -> usize {
        let processors = || available_parallelism().map_or(1, NonZeroUsize::get);
        self.max_requests
            .unwrap_or_else(|| REQUESTS_PER_PROCESSOR * processors())
    }

    pub(crate) fn tls_files(&self) -> Result<Option<TlsFiles<'_>>, ConfigError> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert, key })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(ConfigError::invalid(
                "http.tls_key",
                "is missing beside tls_cert",
            )),
            (None, Some(_)) => Err(ConfigError::invalid(
                "http.tls_cert",
                "is missing beside tls_key",
            )),
        }
    }
}

/// The `[backends]` section: addresses of the form `unix:/run/doorward/session.sock` or `http://127.0.0.1:7003`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackendsConfig {
    /// Address of `doorward-client-registry`.
    pub client_registry: String,
    /// Address of `doorward-identity`.
    pub identity: String,
    /// Address of `doorward-session`.
    pub session: String,
    /// Address of `doorward-organization`.
    pub organization: String,
    /// Address of `doorward-token-signing`.
    pub token_signing: String,
    /// How long one call may take that can be repeated, in milliseconds; default 250.
    #[serde(default = "default_deadline_ms")]
    pub deadline_ms: u64,
    /// How long all calls of a silent authentication may take, in milliseconds; default 800.
    #[serde(default = "default_silent_ms")]
    pub silent_ms: u64,
    /// How long all calls for any other answer may take, in milliseconds; default 2,000.
    #[serde(default = "default_page_ms")]
    pub page_ms: u64,
    /// How long all calls may take where a password is checked or set, in milliseconds; default 3,000.
    #[serde(default = "default_password_ms")]
    pub password_ms: u64,
    /// A service of your own that decides about each sign-in. Default: none.
    #[serde(default)]
    pub post_login_hook: Option<PostLoginHookConfig>,
}

/// The `[backends.post_login_hook]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostLoginHookConfig {
    /// Address of a service that implements `doorward.hooks.v1.PostLoginHookService`. By mutual TLS, its certificate
    /// has the name `post-login-hook`.
    pub address: String,
    /// How long a call may take, in milliseconds; default 300. It is part of the time of its request.
    #[serde(default = "default_hook_ms")]
    pub deadline_ms: u64,
}

fn default_hook_ms() -> u64 {
    300
}

fn default_deadline_ms() -> u64 {
    to_millis(Patience::default().call)
}

fn default_silent_ms() -> u64 {
    to_millis(Patience::default().silent)
}

fn default_page_ms() -> u64 {
    to_millis(Patience::default().page)
}

fn default_password_ms() -> u64 {
    to_millis(Patience::default().password)
}

fn to_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl BackendsConfig {
    /// Channels that connect when they are first used.
    pub fn connect(&self, tls: Option<&Tls>) -> Result<Channels, ConfigError> {
        let patience = self.patience()?;
        let channel = |key: &str, address: &str, service: &'static str| {
            connect(address, service, tls)
                .map_err(|error| ConfigError::invalid(format!("backends.{key}"), error.to_string()))
        };
        Ok(Channels {
            client_registry: channel("client_registry", &self.client_registry, "client-registry")?,
            identity: channel("identity", &self.identity, "identity")?,
            session: channel("session", &self.session, "session")?,
            organization: channel("organization", &self.organization, "organization")?,
            token_signing: channel("token_signing", &self.token_signing, "token-signing")?,
            post_login_hook: self.post_login_hook(tls)?,
            patience,
        })
    }

    fn post_login_hook(
        &self,
        tls: Option<&Tls>,
    ) -> Result<Option<PostLoginHookChannel>, ConfigError> {
        let Some(hook) = &self.post_login_hook else {
            return Ok(None);
        };
        if hook.deadline_ms == 0 {
            let key = "backends.post_login_hook.deadline_ms";
            return Err(ConfigError::invalid(key, "must be 1 or more"));
        }
        hook.connect("backends.post_login_hook.address", tls)
            .map(Some)
    }

    fn patience(&self) -> Result<Patience, ConfigError> {
        let time = |key: &str, millis: u64| match millis {
            0 => Err(ConfigError::invalid(
                format!("backends.{key}"),
                "must be 1 or more",
            )),
            millis => Ok(Duration::from_millis(millis)),
        };
        Ok(Patience {
            call: time("deadline_ms", self.deadline_ms)?,
            silent: time("silent_ms", self.silent_ms)?,
            page: time("page_ms", self.page_ms)?,
            password: time("password_ms", self.password_ms)?,
        })
    }
}

impl PostLoginHookConfig {
    /// The hook at this address, with the default for everything else.
    #[must_use]
    pub fn new(address: String) -> Self {
        Self {
            address,
            deadline_ms: default_hook_ms(),
        }
    }

    /// A channel that connects when it is first used. `key` names the address in errors.
    pub fn connect(
        &self,
        key: &str,
        tls: Option<&Tls>,
    ) -> Result<PostLoginHookChannel, ConfigError> {
        let channel = connect(&self.address, POST_LOGIN_HOOK, tls);
        Ok(PostLoginHookChannel {
            channel: channel.map_err(|error| ConfigError::invalid(key, error.to_string()))?,
            deadline: Duration::from_millis(self.deadline_ms),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_accepted() {
        let sample = Path::new("../../deploy/config/authorize-frontend.toml");
        let config: Config = doorward_service_kit::config::load(Some(sample)).unwrap();
        config.http.validate().unwrap();
        doorward_service_kit::grpc::Server::new(&config.grpc, None).unwrap();
    }

    #[tokio::test]
    async fn the_times_of_the_sample_are_the_defaults_and_none_is_0() {
        let sample = Path::new("../../deploy/config/authorize-frontend.toml");
        let mut config: Config = doorward_service_kit::config::load(Some(sample)).unwrap();
        let channels = config.backends.connect(None).unwrap();
        assert_eq!(channels.patience, Patience::default());
        config.backends.silent_ms = 0;
        let error = config.backends.connect(None).unwrap_err().to_string();
        assert_eq!(
            error,
            "configuration: backends.silent_ms: must be 1 or more"
        );
        config.backends.silent_ms = 800;
        let mut hook = PostLoginHookConfig::new("http://10.0.0.1:7100".to_owned());
        config.backends.post_login_hook = Some(hook.clone());
        let error = config.backends.connect(None).unwrap_err().to_string();
        let expected = "configuration: backends.post_login_hook.address: http://10.0.0.1:7100 is not a loopback address";
        assert!(error.starts_with(expected), "{error}");
        hook.deadline_ms = 0;
        config.backends.post_login_hook = Some(hook);
        let error = config.backends.connect(None).unwrap_err().to_string();
        assert_eq!(
            error,
            "configuration: backends.post_login_hook.deadline_ms: must be 1 or more"
        );
    }

    #[test]
    fn a_certificate_needs_an_https_issuer() {
        let mut config = HttpConfig::new("http://localhost:8080/", ([127, 0, 0, 1], 8080).into());
        config.tls_cert = Some("cert.pem".into());
        config.tls_key = Some("key.pem".into());
        let error = config.validate().unwrap_err().to_string();
        assert_eq!(
            error,
            "configuration: http.issuer: must begin with https:// when a certificate is given"
        );
        config.issuer = "https://localhost:8080/".to_owned();
        config.validate().unwrap();
    }

    #[test]
    fn a_certificate_needs_its_key() {
        let mut config = HttpConfig::new("http://localhost:8080/", ([127, 0, 0, 1], 8080).into());
        config.tls_cert = Some("cert.pem".into());
        let error = config.validate().unwrap_err().to_string();
        assert_eq!(
            error,
            "configuration: http.tls_key: is missing beside tls_cert"
        );
    }

    #[test]
    fn a_limit_of_nothing_is_named() {
        let mut config = HttpConfig::new("http://localhost:8080/", ([127, 0, 0, 1], 8080).into());
        config.connections.idle_ms = 0;
        let error = config.validate().unwrap_err().to_string();
        assert_eq!(
            error,
            "configuration: http.connections.idle_ms: must be 1 or more"
        );
    }

    #[test]
    fn a_limit_of_requests_has_room_for_all() {
        let mut config = HttpConfig::new("http://localhost:8080/", ([127, 0, 0, 1], 8080).into());
        assert!(config.max_requests() >= REQUESTS_PER_PROCESSOR);
        config.max_requests = Some(15);
        let error = config.validate().unwrap_err().to_string();
        assert_eq!(
            error,
            "configuration: http.max_requests: must be 16 or more"
        );
        config.max_requests = Some(16);
        config.validate().unwrap();
        assert_eq!(config.max_requests(), 16);
    }

    #[tokio::test]
    async fn a_bad_address_is_named() {
        let sample = Path::new("../../deploy/config/authorize-frontend.toml");
        let mut config: Config = doorward_service_kit::config::load(Some(sample)).unwrap();
        config.backends.session = "http://10.0.0.1:7003".to_owned();
        let error = config.backends.connect(None).unwrap_err().to_string();
        assert!(
            error.starts_with("configuration: backends.session: "),
            "{error}"
        );
    }

    #[test]
    fn the_settings_for_containers_are_accepted() {
        for file in doorward_test_support::container_settings("authorize-frontend") {
            let config: Config = doorward_service_kit::config::load(Some(&file)).unwrap();
            assert!(config.tls.is_some());
            assert!(config.http.validate().unwrap().is_https());
            assert!(config.backends.session.starts_with("https://"));
        }
    }
}
