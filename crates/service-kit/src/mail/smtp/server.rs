//! Where the mail server is, and how to connect to it.

use std::fs;
use std::path::PathBuf;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::Url;

use super::{MailConfig, text};
use crate::config::ConfigError;
use crate::{Pem, is_loopback_host, read_pem, with_causes};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// TLS from the start.
    Tls,
    /// TLS after the greeting; without it nothing is sent.
    StartTls,
    /// For this machine, and networks that encrypt by themselves.
    Plain,
}

/// A mail server. Its files are read again for each connection.
#[derive(Debug)]
pub(super) struct Server {
    host: String,
    port: u16,
    security: Security,
    /// Empty: no sign-in.
    user: String,
    password_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    hello: ClientId,
}

impl Server {
    /// Fails with `None` for a URL of another form.
    pub(super) fn new(
        url: &Url,
        config: &MailConfig,
        domain: &str,
    ) -> Result<Self, Option<ConfigError>> {
        let bare = url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(None)?;
        if !bare || !matches!(url.path(), "" | "/") {
            return Err(None);
        }
        let security = security(url, config);
        let server = Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(default_port(security, url)),
            security,
            user: user(url).ok_or(None)?,
            password_file: config.password_file.clone(),
            ca: config.ca.clone(),
            hello: ClientId::Domain(config.hello_name.clone().unwrap_or(domain.to_owned())),
        };
        server.check().map_err(Some)?;
        Ok(server)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.user.is_empty() == self.password_file.is_some() {
            let problem = "is needed if mail.url names a user, and only then";
            return Err(ConfigError::invalid("mail.password_file", problem));
        }
        let invalid = |setting: &'static str| move |problem| ConfigError::invalid(setting, problem);
        self.credentials().map_err(invalid("mail.password_file"))?;
        self.tls().map_err(invalid("mail.ca"))?;
        Ok(())
    }

    /// Connects and signs in. Fails with the reason.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let tls = (self.security == Security::Tls)
            .then(|| self.tls())
            .transpose()?;
        let address = (self.host.as_str(), self.port);
        let connected =
            AsyncSmtpConnection::connect_tokio1(address, None, &self.hello, tls, None).await;
        let mut connection = connected.map_err(|error| self.failed(&text(&error)))?;
        if self.security == Security::StartTls {
            let secured = connection.starttls(self.tls()?, &self.hello).await;
            secured.map_err(|error| self.failed(&text(&error)))?;
        }
        if let Some(credentials) = self.credentials()? {
            let signed_in = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            signed_in.map_err(|error| self.failed(&text(&error)))?;
        }
        Ok(connection)
    }

    fn failed(&self, error: &str) -> String {
        format!("mail server {}:{}: {error}", self.host, self.port)
    }

    fn credentials(&self) -> Result<Option<Credentials>, String> {
        let Some(path) = &self.password_file else {
            return Ok(None);
        };
        let password = fs::read_to_string(path);
        let password = password.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Some(Credentials::new(
            self.user.clone(),
            password.trim_end().to_owned(),
        )))
    }

    fn tls(&self) -> Result<TlsParameters, String> {
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(path) = &self.ca {
            let pem = read_pem(path, Pem::Certificate).map_err(|error| with_causes(&error))?;
            let unusable = |error| format!("{}: {}", path.display(), text(&error));
            let certificates = Certificate::from_pem(pem.as_bytes()).map_err(unusable)?;
            builder = builder.add_root_certificate(certificates);
        }
        builder.build().map_err(|error| text(&error))
    }
}

fn security(url: &Url, config: &MailConfig) -> Security {
    let own_machine = url.host_str().is_some_and(is_loopback_host);
    if url.scheme() == "smtps" {
        Security::Tls
    } else if (own_machine || config.allow_insecure) && config.ca.is_none() {
        Security::Plain
    } else {
        Security::StartTls
    }
}

fn default_port(security: Security, url: &Url) -> u16 {
    match security {
        Security::Tls => 465,
        Security::Plain if url.host_str().is_some_and(is_loopback_host) => 25,
        Security::StartTls | Security::Plain => 587,
    }
}

/// The user of the URL; empty if there is none. `None` if the name is no text.
fn user(url: &Url) -> Option<String> {
    let name = percent_decode_str(url.username()).decode_utf8().ok()?;
    Some(name.into_owned())
}
