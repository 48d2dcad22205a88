//! Delivery to a mail server by SMTP (RFC 5321), through `lettre`.

mod server;
#[cfg(test)]
mod tests;

use std::error::Error as _;
use std::future::Future;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;
use url::Url;

use super::MailConfig;
use super::delivery::Undelivered;
use super::message::Message;
use super::one_line;
use super::times::Times;
use crate::config::ConfigError;
use crate::with_causes;
use server::Server;

/// Deadline for saying goodbye, after which the connection is closed anyway.
const GOODBYE: Duration = Duration::from_secs(5);
/// Length of an error's text that is kept, in characters.
const MAX_ERROR: usize = 500;

/// A mail server. Each mail has a connection of its own.
#[derive(Debug)]
pub(super) struct Smtp {
    server: Server,
}

impl Smtp {
    /// Fails with `None` for a URL of another form.
    pub(super) fn new(
        url: &Url,
        config: &MailConfig,
        domain: &str,
    ) -> Result<Self, Option<ConfigError>> {
        let server = Server::new(url, config, domain)?;
        Ok(Self { server })
    }

    pub(super) async fn send(&self, message: &Message, times: &Times) -> Result<(), Undelivered> {
        let late = "the mail server does not answer in time";
        let ready = timeout(times.command, self.prepare(message));
        let mut connection = ready
            .await
            .unwrap_or_else(|_| Err(Undelivered::Server(late.to_owned())))?;
        // The library ends the last line itself.
        let content = message.bytes.strip_suffix(b"\r\n");
        let content = content.unwrap_or(&message.bytes);
        let accepted = timeout(times.acceptance, connection.message(content));
        match accepted.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(refused(&error)),
            Err(_) => return Err(Undelivered::Later(late.to_owned())),
        }
        // Beside what follows: the mail is delivered, and that must be recorded soon.
        tokio::spawn(async move { timeout(GOODBYE, connection.quit()).await.is_ok() });
        Ok(())
    }

    /// Connects, and says from and to whom the mail is. The server is then ready for the content.
    async fn prepare(&self, message: &Message) -> Result<AsyncSmtpConnection, Undelivered> {
        let mut connection = self.server.connect().await.map_err(Undelivered::Server)?;
        let options = options(&connection, message)?;
        let sender = Mail::new(Some(message.from.clone()), options);
        // A server that refuses the sender refuses every mail, until it or `mail.from` is corrected.
        of_server(connection.command(sender)).await?;
        let recipient = Rcpt::new(message.to.clone(), Vec::new());
        connection
            .command(recipient)
            .await
            .map_err(|error| recipient_refused(&error))?;
        connection
            .command(Data)
            .await
            .map_err(|error| refused(&error))?;
        Ok(connection)
    }
}

/// The options of a mail with other than ASCII characters, which only its recipient's address can have.
fn options(
    connection: &AsyncSmtpConnection,
    message: &Message,
) -> Result<Vec<MailParameter>, Undelivered> {
    if message.bytes.is_ascii() {
        return Ok(Vec::new());
    }
    let server = connection.server_info();
    if server.supports_feature(Extension::SmtpUtfEight)
        && server.supports_feature(Extension::EightBitMime)
    {
        let body = MailParameter::Body(MailBodyParameter::EightBitMime);
        return Ok(vec![MailParameter::SmtpUtfEight, body]);
    }
    let problem = "the mail server accepts addresses in ASCII only (it has no SMTPUTF8)";
    Err(Undelivered::Never(problem.to_owned()))
}

async fn of_server<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Undelivered> {
    call.await
        .map_err(|error| Undelivered::Server(text(&error)))
}

/// An answer about a recipient. 5.7.x is about the server's policy (RFC 3463 §3.8), such as relaying that it denies:
/// settings can be corrected, and the address may be right. One such recipient holds no other mail up.
fn recipient_refused(error: &Error) -> Undelivered {
    let answer = error.source().map(ToString::to_string);
    if answer.is_some_and(|answer| answer.starts_with("5.7.")) {
        return Undelivered::Later(text(error));
    }
    refused(error)
}

/// An answer about one mail. Permanent ones must not be tried again (RFC 5321 §4.2.1).
fn refused(error: &Error) -> Undelivered {
    if error.is_permanent() {
        Undelivered::Never(text(error))
    } else {
        Undelivered::Later(text(error))
    }
}

/// The text of the server or the network, on one line.
fn text(error: &Error) -> String {
    let line = one_line(&with_causes(error));
    line.chars().take(MAX_ERROR).collect()
}
