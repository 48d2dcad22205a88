//! One set of files that fit each other, ready for use.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime};
use tokio_rustls::rustls::server::NoServerSessionStorage;
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, Error, ServerConfig};

use super::TlsConfig;
use super::anchors::Anchors;
use super::certificate::{self, Validity};
use super::files::{Files, invalid};
use crate::Clock;
use crate::config::ConfigError;

const HTTP2: &[u8] = b"h2";

/// The own certificate and the accepted authorities.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) server: Arc<ServerConfig>,
    pub(super) client: Arc<ClientConfig>,
    pub(super) anchors: Arc<Anchors>,
    pub(super) names: Vec<String>,
    /// The first expiry of the own certificate, its chain and the newest authority.
    pub(super) end: Timestamp,
}

impl Identity {
    pub(super) fn new(
        config: &TlsConfig,
        files: &Files,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let now = clock.now();
        let chain = with_validity("tls.certificate", &config.certificate, files.chain(config)?)?;
        let authorities = with_validity("tls.ca", &config.ca, files.authorities(config)?)?;
        for (_, validity) in &chain {
            check_now("tls.certificate", &config.certificate, *validity, now)?;
        }
        let newest = newest(&authorities, config, now)?;
        let ends = chain.iter().map(|(_, validity)| validity.end);
        let end = ends.fold(newest.end, Timestamp::min);
        let builder = Builder::new(config, &authorities, clock)?;
        let chain: Vec<_> = chain
            .into_iter()
            .map(|(certificate, _)| certificate)
            .collect();
        Ok(Self {
            names: names(config, &chain)?,
            server: builder.server(files, chain.clone())?,
            client: builder.client(files, chain)?,
            anchors: builder.anchors,
            end,
        })
    }
}

type Dated = (CertificateDer<'static>, Validity);

fn with_validity(
    setting: &str,
    path: &Path,
    certificates: Vec<CertificateDer<'static>>,
) -> Result<Vec<Dated>, ConfigError> {
    let dated = certificates.into_iter().map(|certificate| {
        let validity = certificate::validity(&certificate)
            .map_err(|error| invalid(setting, path, &error.to_string()))?;
        Ok((certificate, validity))
    });
    dated.collect()
}

fn check_now(
    setting: &str,
    path: &Path,
    validity: Validity,
    now: Timestamp,
) -> Result<(), ConfigError> {
    let Validity { begin, end } = validity;
    if validity.contains(now) {
        return Ok(());
    }
    let problem = if now < begin {
        format!("is not valid before {begin}; correct the clock of this machine, or renew it")
    } else {
        format!("expired at {end}; renew it")
    };
    Err(invalid(setting, path, &problem))
}

/// The authority that expires last. Older ones may expire while it replaces them.
fn newest(
    authorities: &[Dated],
    config: &TlsConfig,
    now: Timestamp,
) -> Result<Validity, ConfigError> {
    let validities = authorities.iter().map(|(_, validity)| *validity);
    let valid = validities.clone().filter(|validity| validity.contains(now));
    let newest = valid.max_by_key(|validity| validity.end);
    if let Some(newest) = newest {
        return Ok(newest);
    }
    for validity in validities {
        check_now("tls.ca", &config.ca, validity, now)?;
    }
    Err(invalid("tls.ca", &config.ca, "has no certificate"))
}

fn names(
    config: &TlsConfig,
    chain: &[CertificateDer<'static>],
) -> Result<Vec<String>, ConfigError> {
    let unusable = |problem: &str| invalid("tls.certificate", &config.certificate, problem);
    let first = chain.first().ok_or_else(|| unusable("is empty"))?;
    let names = certificate::names(first).map_err(|error| unusable(&error.to_string()))?;
    if names.is_empty() {
        return Err(unusable(
            "has no DNS name among its subject alternative names; other processes would refuse it",
        ));
    }
    Ok(names)
}

/// The part that both directions have in common.
struct Builder<'a> {
    config: &'a TlsConfig,
    anchors: Arc<Anchors>,
    provider: Arc<CryptoProvider>,
    time: Arc<Time>,
}

impl<'a> Builder<'a> {
    fn new(
        config: &'a TlsConfig,
        authorities: &[Dated],
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let anchors = Anchors::new(authorities, &provider).map_err(|error| {
            let problem = format!("is no certificate authority: {error}");
            invalid("tls.ca", &config.ca, &problem)
        })?;
        Ok(Self {
            config,
            anchors: Arc::new(anchors),
            provider,
            time: Arc::new(Time(Arc::clone(clock))),
        })
    }

    /// No session is resumed: a peer proves who it is on each connection, to the authorities of that moment.
    fn server(
        &self,
        files: &Files,
        chain: Vec<CertificateDer<'static>>,
    ) -> Result<Arc<ServerConfig>, ConfigError> {
        let key = files.key(self.config)?;
        let versions =
            ServerConfig::builder_with_details(Arc::clone(&self.provider), self.time.clone())
                .with_protocol_versions(&[&TLS13]);
        let built = versions.and_then(|builder| {
            builder
                .with_client_cert_verifier(self.anchors.clone())
                .with_single_cert(chain, key)
        });
        let mut server = built.map_err(|error| self.mismatch(&error))?;
        server.alpn_protocols = vec![HTTP2.to_owned()];
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        Ok(Arc::new(server))
    }

    fn client(
        &self,
        files: &Files,
        chain: Vec<CertificateDer<'static>>,
    ) -> Result<Arc<ClientConfig>, ConfigError> {
        let key = files.key(self.config)?;
        let versions =
            ClientConfig::builder_with_details(Arc::clone(&self.provider), self.time.clone())
                .with_protocol_versions(&[&TLS13]);
        let built = versions.and_then(|builder| {
            builder
                .dangerous()
                .with_custom_certificate_verifier(self.anchors.clone())
                .with_client_auth_cert(chain, key)
        });
        let mut client = built.map_err(|error| self.mismatch(&error))?;
        client.alpn_protocols = vec![HTTP2.to_owned()];
        client.resumption = Resumption::disabled();
        Ok(Arc::new(client))
    }

    fn mismatch(&self, error: &Error) -> ConfigError {
        let problem = match error {
            Error::InconsistentKeys(_) => format!(
                "is not the key of the certificate in {}; use the two that were made together",
                self.config.certificate.display()
            ),
            error => format!("cannot be used: {error}"),
        };
        invalid("tls.key", &self.config.key, &problem)
    }
}

/// The time of a [`Clock`].
#[derive(Debug)]
struct Time(Arc<dyn Clock>);

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        unix_time(self.0.now())
    }
}

pub(super) fn unix_time(now: Timestamp) -> Option<UnixTime> {
    let seconds = u64::try_from(now.as_second()).ok()?;
    Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
}
