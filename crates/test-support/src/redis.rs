//! Real Redis servers, to be killed and paused by tests.

use std::process::{Command, Stdio};

use crate::free_port;
use crate::process::{Process, with_script};

/// A Redis server of its own, empty, which keeps nothing on disk. It ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    port: u16,
}

impl Server {
    /// Starts a server.
    pub async fn start() -> Self {
        tokio::task::spawn_blocking(Self::start_blocking)
            .await
            .expect("a Redis server can be started")
    }

    fn start_blocking() -> Self {
        let installed = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        assert!(
            installed.is_ok(),
            "Redis is not installed: run `make tools`, or install Debian's package redis-server"
        );
        let port = free_port();
        let mut shell = Command::new("sh");
        with_script(&mut shell, include_str!("redis.sh")).arg(port.to_string());
        Self {
            process: Process::start_script(shell),
            port,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Ends the server at once, with everything it held.
    pub fn kill(&self) {
        self.process.kill();
    }

    /// Stops the server from answering; connections stay open.
    pub fn pause(&self) {
        self.process.signal("STOP");
    }

    /// Lets a paused server go on where it was.
    pub fn resume(&self) {
        self.process.signal("CONT");
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
