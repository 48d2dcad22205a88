//! Real Redis servers that tests kill and pause: a single one, a primary with replicas and sentinels, a cluster, and a
//! faulty network in front of one.

mod cluster;
mod node;
mod persistent;
mod proxy;
mod secured;
mod sentinel;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::free_port;
use crate::process::{Process, with_script};

pub use cluster::Cluster;
pub use persistent::Persistent;
pub use proxy::Proxy;
pub use secured::Secured;
pub use sentinel::Sentinel;

/// An empty Redis server without persistence. Dropping the value stops it.
#[derive(Debug)]
pub struct Server {
    process: Process,
    port: u16,
}

impl Server {
    /// Starts a server.
    pub async fn start() -> Self {
        blocking(Self::start_blocking).await
    }

    fn start_blocking() -> Self {
        assert_installed();
        let port = free_port();
        let mut shell = Command::new("sh");
        with_script(&mut shell, include_str!("redis/volatile.sh")).arg(port.to_string());
        Self {
            process: Process::start_script(shell),
            port,
        }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// Kills the server, which loses its data.
    pub fn kill(&self) {
        self.process.kill();
    }

    /// Pauses the server: it does not respond; connections stay open.
    pub fn pause(&self) {
        self.process.signal("STOP");
    }

    /// Resumes a paused server.
    pub fn resume(&self) {
        self.process.signal("CONT");
    }
}

fn url(port: u16) -> String {
    format!("redis://127.0.0.1:{port}/")
}

fn assert_installed() {
    let installed = Command::new("redis-server")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    assert!(
        installed.is_ok(),
        "Redis is not installed: run `make tools`, or install Debian's package redis-server"
    );
}

/// Runs code that waits for processes on a thread for blocking work.
async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let done = tokio::task::spawn_blocking(act).await;
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Waits until a condition holds, which may take seconds on a busy machine.
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    const PATIENCE: Duration = Duration::from_mins(1);
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < PATIENCE, "{what} was expected");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, ErrorKind, Write};
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    fn ping(server: &Server, patience: Duration) -> std::io::Result<String> {
        let mut connection = TcpStream::connect(("127.0.0.1", server.port))?;
        connection.set_read_timeout(Some(patience))?;
        connection.write_all(b"PING\r\n")?;
        let mut answer = String::new();
        BufReader::new(connection).read_line(&mut answer)?;
        Ok(answer)
    }

    #[tokio::test]
    async fn answers_unless_paused_or_killed() {
        let server = Server::start().await;
        let patience = Duration::from_secs(5);
        assert_eq!(ping(&server, patience).unwrap(), "+PONG\r\n");
        server.pause();
        let silence = ping(&server, Duration::from_millis(100)).unwrap_err();
        assert_eq!(silence.kind(), ErrorKind::WouldBlock);
        server.resume();
        assert_eq!(ping(&server, patience).unwrap(), "+PONG\r\n");
        server.kill();
        assert!(ping(&server, patience).is_err());
    }
}
