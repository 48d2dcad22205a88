//! The options of an embedded server for its mails.

use std::path::{Path, PathBuf};

use doorward_authorize_frontend::Issuer;
use doorward_service_kit::config::ConfigError;
use doorward_service_kit::mail::{MailConfig, Transport};

use crate::data_folder::DataFolder;
use crate::output::say;

/// The folder of mails in a data folder.
const OUTBOX: &str = "outbox";

#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct MailOptions {
    /// Mail server: smtps://USER@HOST:PORT (TLS) or smtp://USER@HOST:PORT (STARTTLS); user and port may be left out.
    /// Without it, mails are written to files in DIR/outbox, and their links are printed
    #[arg(
        id = "mail_url",
        long = "mail-url",
        value_name = "URL",
        requires = "mail_from"
    )]
    url: Option<String>,
    /// Sender of mails: an address, or a name with the address in angle brackets
    #[arg(id = "mail_from", long = "mail-from", value_name = "ADDRESS")]
    from: Option<String>,
    /// File that holds the password of the user in --mail-url
    #[arg(
        id = "mail_password_file",
        long = "mail-password-file",
        value_name = "FILE",
        requires = "mail_url"
    )]
    password_file: Option<PathBuf>,
    /// Certificate authorities (PEM) of the mail server, in addition to those of the system
    #[arg(
        id = "mail_ca",
        long = "mail-ca",
        value_name = "FILE",
        requires = "mail_url"
    )]
    ca: Option<PathBuf>,
    /// Send mails without TLS to a server on another machine; only for networks that encrypt by themselves
    #[arg(
        id = "mail_allow_insecure",
        long = "mail-allow-insecure",
        requires = "mail_url"
    )]
    allow_insecure: bool,
}

impl MailOptions {
    /// The way of mails: to the mail server, or to files in the data folder.
    pub(crate) fn transport(
        &self,
        folder: &DataFolder,
        issuer: &Issuer,
    ) -> Result<Transport, ConfigError> {
        let from = self.from.clone().unwrap_or_else(|| default_sender(issuer));
        let Some(url) = &self.url else {
            let to_folder = |from: &str| Transport::to_folder(folder.file(OUTBOX), from, announce);
            // Not every host of an issuer can be in an email address.
            return to_folder(&from).or_else(|_| to_folder("Doorward <doorward@localhost>"));
        };
        Transport::new(&MailConfig {
            password_file: self.password_file.clone(),
            ca: self.ca.clone(),
            allow_insecure: self.allow_insecure,
            ..MailConfig::new(url, from)
        })
    }
}

/// A sender at the host of the issuer.
fn default_sender(issuer: &Issuer) -> String {
    let host = issuer.host();
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    format!("Doorward <doorward@{name}>")
}

fn announce(to: &str, link: &str, file: &Path) {
    if link.is_empty() {
        say(format_args!("mail to {to}: {}", file.display()));
    } else {
        say(format_args!("mail to {to}: {link}"));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        options: MailOptions,
    }

    fn parse(options: &str) -> Result<MailOptions, clap::Error> {
        let words = options.split_whitespace();
        let program = Program::try_parse_from(std::iter::once("doorward").chain(words));
        program.map(|program| program.options)
    }

    #[test]
    fn without_a_server_any_issuer_has_a_sender() {
        let folder = DataFolder::scratch().unwrap();
        for issuer in [
            "https://login.example.com/",
            "https://login.example.com:8443/",
            "http://localhost:8080/",
            "http://127.0.0.1:8080/",
            "http://[::1]:8080/",
            "https://my_host/",
        ] {
            let issuer = Issuer::parse(issuer).unwrap();
            MailOptions::default().transport(&folder, &issuer).unwrap();
        }
    }

    #[test]
    fn the_sender_is_at_the_issuer() {
        for (issuer, sender) in [
            (
                "https://login.example.com/",
                "Doorward <doorward@login.example.com>",
            ),
            ("http://127.0.0.1:8080/", "Doorward <doorward@127.0.0.1>"),
            ("http://[::1]:8080/", "Doorward <doorward@[::1]>"),
        ] {
            assert_eq!(default_sender(&Issuer::parse(issuer).unwrap()), sender);
        }
    }

    #[test]
    fn options_of_a_server_belong_together() {
        for bad in [
            "--mail-url smtps://smtp.example.test",
            "--mail-ca /ca.pem",
            "--mail-allow-insecure",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        let options =
            parse("--mail-url smtps://smtp.example.test --mail-from login@example.test").unwrap();
        let issuer = Issuer::parse("http://localhost:8080/").unwrap();
        options
            .transport(&DataFolder::scratch().unwrap(), &issuer)
            .unwrap();
        let options =
            parse("--mail-url http://smtp.example.test --mail-from login@example.test").unwrap();
        assert!(
            options
                .transport(&DataFolder::scratch().unwrap(), &issuer)
                .is_err()
        );
    }
}
