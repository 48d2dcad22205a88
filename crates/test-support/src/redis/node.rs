//! One server whose data outlive it.

use std::process::Command;

use crate::process::{Process, with_script};

/// A process of `redis-server` on a port of its own, with a folder and a settings file that stay when it is killed.
#[derive(Debug)]
pub(super) struct Node {
    process: Process,
    pub(super) port: u16,
}

impl Node {
    /// Starts a server with those lines of `redis.conf`.
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

    /// Starts the server that was killed, and waits until it has read its data.
    pub(super) fn start_again(&self) {
        self.process.run("start");
    }

    /// What the server answers to a command.
    pub(super) fn ask(&self, command: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(command)
            .output()
            .expect("redis-cli can be run");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// `HOST:PORT`, as settings name it.
    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}
