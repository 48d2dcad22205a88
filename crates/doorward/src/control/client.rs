//! Requests of the commands to a control address.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::error::Error;

/// A reset waits for the ones before it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Answers are short.
const MAX_ANSWER: u64 = 16 * 1024;

/// The control address of a running server.
#[derive(Debug, clap::Args)]
pub(crate) struct ControlArgs {
    /// Control address of the server, as in its --control-listen
    #[arg(long, value_name = "ADDR", default_value_t = super::DEFAULT)]
    control: SocketAddr,
}

impl ControlArgs {
    /// Sends a request, which must be successful.
    pub(crate) fn request(&self, method: &str, path: &str) -> Result<(), Error> {
        let address = self.control;
        let answer =
            send(address, method, path).map_err(|source| Error::Control { address, source })?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        match head.split(' ').nth(1).and_then(|code| code.parse().ok()) {
            Some(200..=299) => Ok(()),
            Some(404) => Err(Error::Refused(format!(
                "the server at {address} has no {path}; only doorward serve --ephemeral has"
            ))),
            _ => Err(Error::Refused(format!("{address}: {}", body.trim()))),
        }
    }
}

fn send(address: SocketAddr, method: &str, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.take(MAX_ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}
