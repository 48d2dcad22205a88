//! Ways to deliver a mail, and how they fail.

use std::path::PathBuf;

use lettre::message::Mailbox;
use url::Url;

use super::folder::Folder;
use super::message::{Message, parse_sender};
use super::smtp::Smtp;
use super::times::Times;
use super::{Announce, MailConfig};
use crate::config::ConfigError;

/// Why a mail was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Undelivered {
    /// The server fails for every mail. The text names no recipient.
    Server(String),
    /// The server does not accept this mail now.
    Later(String),
    /// The server will never accept this mail.
    Never(String),
}

/// Delivers mails: to a mail server, or to a folder.
#[derive(Debug)]
pub struct Transport {
    pub(super) sender: Mailbox,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Smtp(Box<Smtp>),
    Folder(Folder),
}

impl Transport {
    /// The way that the `[mail]` section describes. Refuses settings that cannot work, or that send passwords in the
    /// clear over a network.
    pub fn new(config: &MailConfig) -> Result<Self, ConfigError> {
        let sender = sender(&config.from)?;
        let invalid = |problem: &str| ConfigError::invalid("mail.url", problem);
        let form =
            "must be smtps://[USER@]HOST[:PORT], smtp://[USER@]HOST[:PORT] or file:///FOLDER";
        let url = Url::parse(&config.url).map_err(|_| invalid(form))?;
        let way = match url.scheme() {
            "smtp" | "smtps" => {
                let domain = sender.email.domain();
                Way::Smtp(Box::new(
                    Smtp::new(&url, config, domain)
                        .map_err(|problem| problem.unwrap_or_else(|| invalid(form)))?,
                ))
            }
            "file" => {
                let folder = url.to_file_path().map_err(|()| invalid(form))?;
                Way::Folder(Folder::new(folder, None))
            }
            _ => return Err(invalid(form)),
        };
        Ok(Self { sender, way })
    }

    /// Writes each mail to a file in `folder`, which is created with the first of them, and announces it.
    pub fn to_folder(folder: PathBuf, from: &str, announce: Announce) -> Result<Self, ConfigError> {
        Ok(Self {
            sender: sender(from)?,
            way: Way::Folder(Folder::new(folder, Some(announce))),
        })
    }

    pub(super) async fn send(&self, message: &Message, times: &Times) -> Result<(), Undelivered> {
        match &self.way {
            Way::Smtp(smtp) => smtp.send(message, times).await,
            Way::Folder(folder) => folder.write(message).await,
        }
    }
}

fn sender(text: &str) -> Result<Mailbox, ConfigError> {
    let problem = "must be an email address, or NAME <ADDRESS>";
    parse_sender(text).ok_or_else(|| ConfigError::invalid("mail.from", problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(url: &str, change: impl FnOnce(&mut MailConfig)) -> Option<String> {
        let mut config = MailConfig::new(url, "Doorward <login@example.test>");
        change(&mut config);
        Transport::new(&config).err().map(|error| error.to_string())
    }

    #[test]
    fn urls_that_work() {
        for url in [
            "smtps://smtp.example.test",
            "smtp://smtp.example.test:2525",
            "smtp://127.0.0.1:25",
            "smtp://[::1]:25",
            "file:///var/spool/doorward",
        ] {
            assert_eq!(problem(url, |_| ()), None, "{url}");
        }
    }

    #[test]
    fn urls_that_do_not() {
        for url in [
            "",
            "smtp.example.test:587",
            "smtp://",
            "smtp://smtp.example.test/path",
            "smtp://smtp.example.test?tls=none",
            "smtp://user:password@smtp.example.test",
            "http://smtp.example.test",
            "file://host/folder",
        ] {
            let problem = problem(url, |_| ()).unwrap_or_default();
            assert!(problem.contains("mail.url"), "{url}: {problem}");
            assert!(!problem.contains("password@"), "{problem}");
        }
    }

    #[test]
    fn a_user_needs_a_password_and_files_must_exist() {
        let url = "smtps://user@smtp.example.test";
        assert!(problem(url, |_| ()).unwrap().contains("mail.password_file"));
        let missing = |config: &mut MailConfig| config.password_file = Some("/nonexistent".into());
        assert!(problem(url, missing).unwrap().contains("/nonexistent"));
        let missing = |config: &mut MailConfig| config.ca = Some("/nonexistent.pem".into());
        assert!(
            problem("smtps://smtp.example.test", missing)
                .unwrap()
                .contains("/nonexistent.pem")
        );
    }

    #[test]
    fn a_sender_is_an_address() {
        let bad = |config: &mut MailConfig| config.from = "Doorward".to_owned();
        assert!(
            problem("smtps://smtp.example.test", bad)
                .unwrap()
                .contains("mail.from")
        );
    }
}
