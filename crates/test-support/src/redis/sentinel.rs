//! A primary with replicas, and three sentinels that promote a replica if the primary is lost.

use std::sync::Arc;

use super::node::Node;
use super::persistent::settings_of_persistence;
use super::{blocking, wait_until};
use crate::free_port;

const SERVICE: &str = "doorward";
const SENTINELS: usize = 3;

/// Redis with Sentinel. Dropping the value stops all of it.
///
/// The settings prevent split brain: a primary without a replica for five seconds refuses writes
/// (`min-replicas-to-write`). So a primary that was cut off and replaced stops before it returns outdated data. The
/// price: a promoted replica needs another one. With two replicas the service survives the loss of any one server;
/// with one replica it reports an outage until the lost server is back, and `WAIT 1` could not confirm anything
/// either.
#[derive(Debug, Clone)]
pub struct Sentinel {
    nodes: Arc<Nodes>,
}

#[derive(Debug)]
struct Nodes {
    /// The first field, so that sentinels stop first and promote no replica while the servers stop.
    sentinels: Vec<Node>,
    servers: Vec<Node>,
}

impl Sentinel {
    /// Starts a primary, `replicas` replicas and the sentinels, and waits until all are connected.
    pub async fn start(replicas: usize) -> Self {
        let nodes = blocking(move || Nodes::start(replicas)).await;
        Self {
            nodes: Arc::new(nodes),
        }
    }

    /// The sentinels, and the name of the primary that they watch.
    #[must_use]
    pub fn url(&self) -> String {
        let sentinels: Vec<_> = self.nodes.sentinels.iter().map(Node::address).collect();
        format!("redis-sentinel://{}/{SERVICE}", sentinels.join(","))
    }

    /// Kills the current primary, like a crash.
    pub async fn kill_primary(&self) -> Lost {
        let nodes = Arc::clone(&self.nodes);
        blocking(move || {
            let index = nodes.primary();
            nodes.servers[index].process().kill();
            Lost(index)
        })
        .await
    }

    /// Pauses the primary: it does not respond, and notices nothing of what happens meanwhile.
    pub async fn pause_primary(&self) -> Lost {
        let nodes = Arc::clone(&self.nodes);
        blocking(move || {
            let index = nodes.primary();
            nodes.servers[index].process().signal("STOP");
            Lost(index)
        })
        .await
    }

    /// Resumes a paused primary, which still acts as the primary.
    pub fn resume(&self, lost: &Lost) {
        self.nodes.servers[lost.0].process().signal("CONT");
    }

    /// Pauses all replicas.
    pub async fn pause_replicas(&self) {
        self.signal_replicas("STOP").await;
    }

    /// Resumes the replicas. They receive the writes of the meantime, if their primary is still there.
    pub async fn resume_replicas(&self) {
        self.signal_replicas("CONT").await;
    }

    async fn signal_replicas(&self, signal: &'static str) {
        let nodes = Arc::clone(&self.nodes);
        blocking(move || {
            let primary = nodes.primary();
            let servers = nodes.servers.iter().enumerate();
            for (_, replica) in servers.filter(|(index, _)| *index != primary) {
                replica.process().signal(signal);
            }
        })
        .await;
    }

    /// Waits until the sentinels have promoted another server.
    pub async fn wait_for_promotion(&self, lost: &Lost) {
        let (nodes, lost) = (Arc::clone(&self.nodes), lost.0);
        blocking(move || wait_until("a new primary", || nodes.is_promoted(lost))).await;
    }

    /// Starts the killed server as a primary, and waits until the sentinels have made it a replica.
    pub async fn start_again(&self, killed: Lost) {
        let nodes = Arc::clone(&self.nodes);
        blocking(move || {
            nodes.servers[killed.0].start_again();
            wait_until("a replica", || nodes.servers[killed.0].is_replica());
        })
        .await;
    }

    /// The response of each server to a command; empty for dead servers.
    #[must_use]
    pub fn ask_all(&self, command: &[&str]) -> Vec<String> {
        let servers = self.nodes.servers.iter();
        servers.map(|server| server.ask(command)).collect()
    }
}

/// A former primary, killed or paused.
#[derive(Debug)]
pub struct Lost(usize);

impl Nodes {
    fn start(replicas: usize) -> Self {
        let primary = Node::start(free_port(), &settings());
        let replica_of = format!("replicaof 127.0.0.1 {}", primary.port);
        let replica = || {
            Node::start(
                free_port(),
                &[settings(), vec![replica_of.clone()]].concat(),
            )
        };
        let mut servers: Vec<_> = (0..replicas).map(|_| replica()).collect();
        wait_until("replicas", || servers.iter().all(Node::is_replica));
        servers.insert(0, primary);
        let watch = watch(&servers[0]);
        let sentinels = (0..SENTINELS).map(|_| Node::start(free_port(), &watch));
        let nodes = Self {
            sentinels: sentinels.collect(),
            servers,
        };
        wait_until("sentinels that know each other", || nodes.are_acquainted());
        nodes
    }

    fn are_acquainted(&self) -> bool {
        let (others, replicas) = (SENTINELS - 1, self.servers.len() - 1);
        self.sentinels.iter().all(|sentinel| {
            let known = sentinel.ask(&["SENTINEL", "MASTER", SERVICE]);
            let lines: Vec<_> = known.lines().collect();
            let says = |name: &str, count: usize| {
                lines
                    .windows(2)
                    .any(|pair| pair == [name, &count.to_string()])
            };
            says("num-other-sentinels", others) && says("num-slaves", replicas)
        })
    }

    /// The index of the primary, in the view of the first sentinel.
    fn primary(&self) -> usize {
        let address = self.sentinels[0].ask(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE]);
        let port = address.lines().nth(1).and_then(|port| port.parse().ok());
        let mut servers = self.servers.iter();
        let index = servers.position(|server| Some(server.port) == port);
        index.unwrap_or_else(|| panic!("a sentinel names no server of ours: {address:?}"))
    }

    fn is_promoted(&self, killed: usize) -> bool {
        let primary = self.primary();
        primary != killed && self.servers[primary].ask(&["ROLE"]).starts_with("master")
    }
}

impl Node {
    /// Whether it is a replica with all data of its primary.
    pub(super) fn is_replica(&self) -> bool {
        let role = self.ask(&["ROLE"]);
        role.starts_with("slave") && role.lines().any(|line| line == "connected")
    }
}

fn settings() -> Vec<String> {
    let mut lines = settings_of_persistence();
    lines.extend(
        [
            "min-replicas-to-write 1",
            "min-replicas-max-lag 5",
            // A full synchronisation starts at once.
            "repl-diskless-sync-delay 0",
        ]
        .map(str::to_owned),
    );
    lines
}

/// The settings of a sentinel. The timeouts are long enough for a busy machine; a failed election is repeated after
/// twice the `failover-timeout`.
fn watch(primary: &Node) -> Vec<String> {
    vec![
        format!("sentinel monitor {SERVICE} 127.0.0.1 {} 2", primary.port),
        format!("sentinel down-after-milliseconds {SERVICE} 1500"),
        format!("sentinel failover-timeout {SERVICE} 3000"),
        format!("sentinel parallel-syncs {SERVICE} 2"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_replica_is_promoted_and_the_killed_server_joins_it() {
        let redis = Sentinel::start(2).await;
        let before = redis.nodes.primary();
        redis.nodes.servers[before].set_on_replicas("name", "value", 2);

        let killed = redis.kill_primary().await;
        assert_eq!(killed.0, before);
        redis.wait_for_promotion(&killed).await;
        assert_ne!(redis.nodes.primary(), before);
        let values = redis.ask_all(&["GET", "name"]);
        assert_eq!(values.iter().filter(|value| *value == "value").count(), 2);

        redis.start_again(killed).await;
        assert!(redis.nodes.servers[before].is_replica());
        let written = |name: &str| {
            let primary = &redis.nodes.servers[redis.nodes.primary()];
            primary.ask(&["SET", name, "value"]) == "OK"
        };
        wait_until("a primary with replicas", || written("other"));
    }

    #[tokio::test]
    async fn a_primary_that_is_alone_refuses_writes() {
        let redis = Sentinel::start(1).await;
        let killed = redis.kill_primary().await;
        redis.wait_for_promotion(&killed).await;
        let primary = &redis.nodes.servers[redis.nodes.primary()];
        let refused = primary.ask(&["SET", "name", "value"]);
        assert!(refused.starts_with("NOREPLICAS"), "{refused}");
    }
}
