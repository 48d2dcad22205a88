//! One server with data that survive it.

#[cfg(test)]
use std::io::Write;
use std::process::Command;
#[cfg(test)]
use std::process::Stdio;

use crate::process::{Process, with_script};

/// A process of `redis-server` on its own port, with a folder and a settings file that stay when it is killed.
#[derive(Debug)]
pub(super) struct Node {
    process: Process,
    pub(super) port: u16,
}

impl Node {
    /// Starts a server with these lines of `redis.conf`.
    pub(super) fn start(port: u16, settings: &[String]) -> Self {
        super::assert_installed();
        let mut shell = Command::new("sh");
        with_script(&mut shell, include_str!("node.sh"))
            .arg(port.to_string())
            .args(settings);
        Self {
            process: Process::start_script(shell),
            port,
        }
    }

    pub(super) fn process(&self) -> &Process {
        &self.process
    }

    /// Starts the killed server, and waits until it has loaded its data.
    pub(super) fn start_again(&self) {
        self.process.run("start");
    }

    /// Runs a command, and returns the response.
    pub(super) fn ask(&self, command: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(command)
            .output()
            .expect("redis-cli can be run");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Sets a key, and waits until `replicas` replicas have it. On one connection, because `WAIT` counts writes of its
    /// own connection.
    #[cfg(test)]
    pub(super) fn set_on_replicas(&self, name: &str, value: &str, replicas: u8) {
        let mut client = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("redis-cli can be run");
        let mut commands = client.stdin.take().expect("standard input is a pipe");
        write!(commands, "SET {name} {value}\nWAIT {replicas} 0\n").expect("redis-cli reads");
        drop(commands);
        let output = client.wait_with_output().expect("redis-cli ends");
        let answers = String::from_utf8_lossy(&output.stdout);
        let confirmed = answers
            .strip_prefix("OK\n")
            .and_then(|rest| rest.trim().parse().ok());
        assert!(
            confirmed.is_some_and(|count: u8| count >= replicas),
            "{answers}"
        );
    }

    /// The address as `HOST:PORT`.
    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}
