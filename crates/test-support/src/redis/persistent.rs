//! A server that keeps its data when it is killed.

use std::sync::Arc;

use super::node::Node;
use super::{blocking, url};
use crate::free_port;

/// The default `maxmemory`, enough for tests that are not about memory.
const MAXMEMORY: &str = "256mb";

/// A Redis server that writes to disk before it responds, as `docs/redis.md` recommends. Dropping the value stops it
/// and removes its data.
#[derive(Debug, Clone)]
pub struct Persistent {
    node: Arc<Node>,
}

impl Persistent {
    /// Starts an empty server.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts an empty server with more lines of `redis.conf`. Of several with the same name, the last counts.
    pub async fn start_with(settings: &[&str]) -> Self {
        let mut lines = settings_of_persistence();
        lines.push(format!("maxmemory {MAXMEMORY}"));
        lines.extend(settings.iter().map(|&line| line.to_owned()));
        let node = blocking(move || Node::start(free_port(), &lines)).await;
        Self {
            node: Arc::new(node),
        }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.node.port)
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.node.port
    }

    /// Kills the server, like a crash. Its confirmed writes are on disk.
    pub fn kill(&self) {
        self.node.process().kill();
    }

    /// Starts the killed server on the same port, with the current content of its folder.
    pub async fn start_again(&self) {
        let node = Arc::clone(&self.node);
        blocking(move || node.start_again()).await;
    }

    /// Removes the data of the killed server.
    pub fn empty(&self) {
        self.node.process().run("empty");
    }

    /// Makes a backup of the server's data.
    pub fn keep(&self) {
        self.node.process().run("keep");
    }

    /// Replaces the data of the killed server by the backup.
    pub fn put_back(&self) {
        self.node.process().run("put_back");
    }

    /// Pauses the server: it does not respond; connections stay open.
    pub fn pause(&self) {
        self.node.process().signal("STOP");
    }

    /// Resumes a paused server.
    pub fn resume(&self) {
        self.node.process().signal("CONT");
    }

    /// Changes a setting of the running server.
    pub fn set(&self, name: &str, value: &str) {
        let answer = self.ask(&["CONFIG", "SET", name, value]);
        assert_eq!(answer, "OK", "{name} {value}");
    }

    /// Runs a command, and returns the output of `redis-cli`.
    #[must_use]
    pub fn ask(&self, command: &[&str]) -> String {
        self.node.ask(command)
    }

    /// The bytes that the server has allocated.
    #[must_use]
    pub fn used_memory(&self) -> u64 {
        let memory = self.ask(&["INFO", "memory"]);
        let used = memory
            .lines()
            .find_map(|line| line.strip_prefix("used_memory:"));
        used.and_then(|used| used.trim().parse().ok())
            .expect("a number of bytes")
    }
}

/// Settings with which a confirmed write survives a crash of the server and of the machine, and is never evicted.
pub(super) fn settings_of_persistence() -> Vec<String> {
    [
        "appendonly yes",
        "appendfsync always",
        "save \"\"",
        "maxmemory-policy noeviction",
    ]
    .map(str::to_owned)
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_killed_server_has_forgotten_nothing() {
        let server = Persistent::start().await;
        assert_eq!(server.ask(&["SET", "name", "value"]), "OK");
        server.kill();
        assert_eq!(server.ask(&["GET", "name"]), "");
        server.start_again().await;
        assert_eq!(server.ask(&["GET", "name"]), "value");
    }

    #[tokio::test]
    async fn a_backup_can_be_put_back() {
        let server = Persistent::start().await;
        assert_eq!(server.ask(&["SET", "name", "kept"]), "OK");
        server.keep();
        assert_eq!(server.ask(&["SET", "name", "lost"]), "OK");
        server.kill();
        server.empty();
        server.start_again().await;
        assert_eq!(server.ask(&["DBSIZE"]), "0");
        server.kill();
        server.put_back();
        server.start_again().await;
        assert_eq!(server.ask(&["GET", "name"]), "kept");
    }

    #[tokio::test]
    async fn memory_has_a_limit_that_can_be_raised() {
        let server = Persistent::start_with(&["maxmemory 1"]).await;
        assert!(server.ask(&["SET", "name", "value"]).starts_with("OOM"));
        server.set("maxmemory", MAXMEMORY);
        assert_eq!(server.ask(&["SET", "name", "value"]), "OK");
    }
}
