//! A server that speaks TLS only.

use std::process::Command;

use super::{assert_installed, blocking};
use crate::certificates::{Authority, Pair};
use crate::free_port;
use crate::process::{Process, with_script};

/// An empty Redis server without persistence, with TLS. Dropping the value stops it.
#[derive(Debug)]
pub struct Secured {
    _process: Process,
    port: u16,
}

impl Secured {
    /// Starts a server with this certificate. It accepts clients without one, and those of the authority. The lines of
    /// an ACL file make its accounts; without any, everyone may do everything.
    pub async fn start(authority: &Authority, pair: &Pair, accounts: &[String]) -> Self {
        let texts = [
            authority.pem(),
            &pair.certificate,
            &pair.key,
            &accounts.join("\n"),
        ];
        let texts = texts.map(str::to_owned);
        blocking(move || Self::start_blocking(&texts)).await
    }

    fn start_blocking(texts: &[String]) -> Self {
        assert_installed();
        let port = free_port();
        let mut shell = Command::new("sh");
        with_script(&mut shell, include_str!("secured.sh"))
            .arg(port.to_string())
            .args(texts);
        Self {
            _process: Process::start_script(shell),
            port,
        }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("rediss://127.0.0.1:{}/", self.port)
    }
}
