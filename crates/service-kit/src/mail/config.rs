//! The `[mail]` section.

use std::path::PathBuf;

use serde::Deserialize;

/// The `[mail]` section: how mails are sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// `smtps://[USER@]HOST[:PORT]`: TLS from the start, port 465. `smtp://[USER@]HOST[:PORT]`: TLS by STARTTLS, port
    /// 587; a server on this machine needs none. `file:///FOLDER`: no server, mails are written to files.
    pub url: String,
    /// Address of the sender, or `NAME <ADDRESS>`. Mails of an organization have its name.
    pub from: String,
    /// File that holds the password of the URL's user; read again for each connection. Absent: no sign-in.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// PEM file with the certificate authorities of the server's certificate, in addition to those of the system. With
    /// it, a server on this machine must have TLS too.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Allows `smtp://` to a server on another machine without TLS. Default false.
    #[serde(default)]
    pub allow_insecure: bool,
    /// Name of this machine in the SMTP greeting. Default: the domain of `from`.
    #[serde(default)]
    pub hello_name: Option<String>,
}

impl MailConfig {
    /// Settings with defaults for everything that is optional.
    #[must_use]
    pub fn new(url: impl Into<String>, from: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            from: from.into(),
            password_file: None,
            ca: None,
            allow_insecure: false,
            hello_name: None,
        }
    }
}
