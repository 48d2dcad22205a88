//! A cluster: three primaries that share the keys, with or without replicas.

use std::process::Command;
use std::sync::Arc;

use super::node::Node;
use super::persistent::settings_of_persistence;
use super::{blocking, wait_until};
use crate::free_port;

const PRIMARIES: usize = 3;

/// Redis Cluster. Dropping the value stops all of it.
///
/// A primary that cannot reach most others stops serving after `cluster-node-timeout`. But a primary that hung and was
/// replaced first answers the requests queued in its sockets, before it notices. With `min-replicas-to-write` it
/// refuses them, because its replicas have left it. This needs two replicas each: with one, the promoted replica has
/// none.
#[derive(Debug, Clone)]
pub struct Cluster {
    nodes: Arc<Vec<Node>>,
}

impl Cluster {
    /// Starts a cluster of primaries, each with `replicas_each` replicas, and waits until all nodes agree.
    pub async fn start(replicas_each: usize) -> Self {
        let nodes = blocking(move || {
            let count = PRIMARIES * (1 + replicas_each);
            let nodes: Vec<_> = (0..count)
                .map(|_| Node::start(free_port(), &settings(replicas_each)))
                .collect();
            join(&nodes, replicas_each);
            wait_until("a cluster", || nodes.iter().all(Node::is_well));
            nodes
        });
        Self {
            nodes: Arc::new(nodes.await),
        }
    }

    /// All nodes.
    #[must_use]
    pub fn url(&self) -> String {
        let nodes: Vec<_> = self.nodes.iter().map(Node::address).collect();
        format!("redis-cluster://{}", nodes.join(","))
    }

    /// The index of the primary that has a key; skips dead nodes.
    #[must_use]
    pub fn primary_of(&self, key: &str) -> usize {
        let mut nodes = self.nodes.iter();
        let has = |node: &Node| {
            let answer = node.ask(&["EXISTS", key]);
            answer == "0" || answer == "1"
        };
        let index = nodes.position(|node| node.ask(&["ROLE"]).starts_with("master") && has(node));
        index.unwrap_or_else(|| panic!("no primary has the slot of {key}"))
    }

    /// Kills a node, like a crash.
    pub fn kill(&self, index: usize) {
        self.nodes[index].process().kill();
    }

    /// Pauses a node: it does not respond, and notices nothing of what happens meanwhile.
    pub fn pause(&self, index: usize) {
        self.nodes[index].process().signal("STOP");
    }

    /// Resumes a paused node.
    pub fn resume(&self, index: usize) {
        self.nodes[index].process().signal("CONT");
    }

    /// Waits until other primaries have all slots.
    pub async fn wait_for_promotion(&self, lost: usize) {
        let nodes = Arc::clone(&self.nodes);
        blocking(move || {
            let lost = nodes[lost].address();
            let others = || nodes.iter().filter(|node| node.address() != lost);
            wait_until("a new primary", || {
                others().all(|node| node.has_replaced(&lost))
            });
        })
        .await;
    }

    /// Starts a killed node, and waits until it has the state of the others.
    pub async fn start_again(&self, index: usize) {
        let nodes = Arc::clone(&self.nodes);
        blocking(move || {
            nodes[index].start_again();
            wait_until("a cluster", || nodes.iter().all(Node::is_well));
        })
        .await;
    }
}

impl Node {
    /// Whether all slots are served, in the view of this node.
    fn is_complete(&self) -> bool {
        let info = self.ask(&["CLUSTER", "INFO"]);
        info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384")
    }

    /// Whether, in the view of this node, `dead` has failed and others serve its slots.
    fn has_replaced(&self, dead: &str) -> bool {
        let nodes = self.ask(&["CLUSTER", "NODES"]);
        let mut nodes = nodes.lines();
        let is_dead = |line: &str| line.contains(dead) && line.contains("fail ");
        nodes.any(is_dead) && self.is_complete()
    }

    fn is_well(&self) -> bool {
        let is_primary = self.ask(&["ROLE"]).starts_with("master");
        self.is_complete() && (is_primary || self.is_replica())
    }
}

/// The lines of `redis.conf`. With `cluster-require-full-coverage no` the other shards work if a shard is lost.
fn settings(replicas_each: usize) -> Vec<String> {
    let mut lines = settings_of_persistence();
    lines.extend(
        [
            "cluster-enabled yes",
            "cluster-node-timeout 2000",
            "cluster-require-full-coverage no",
            "repl-diskless-sync-delay 0",
        ]
        .map(str::to_owned),
    );
    lines.push(format!("cluster-port {}", free_port()));
    if replicas_each > 1 {
        lines.push("min-replicas-to-write 1".to_owned());
    }
    lines
}

fn join(nodes: &[Node], replicas_each: usize) {
    let created = Command::new("redis-cli")
        .args(["--cluster", "create"])
        .args(nodes.iter().map(Node::address))
        .args(["--cluster-replicas", &replicas_each.to_string()])
        .arg("--cluster-yes")
        .output()
        .expect("redis-cli can be run");
    assert!(
        created.status.success(),
        "{}",
        String::from_utf8_lossy(&created.stdout)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_replica_takes_over() {
        let redis = Cluster::start(1).await;
        let primary = redis.primary_of("name");
        redis.nodes[primary].set_on_replicas("name", "value", 1);
        redis.kill(primary);
        redis.wait_for_promotion(primary).await;
        let promoted = redis.primary_of("name");
        assert_ne!(promoted, primary);
        assert_eq!(redis.nodes[promoted].ask(&["GET", "name"]), "value");
        redis.start_again(primary).await;
        assert_eq!(redis.primary_of("name"), promoted);
    }

    #[tokio::test]
    async fn other_shards_go_on() {
        let redis = Cluster::start(0).await;
        let primary = redis.primary_of("name");
        let other = (0..).map(|number| number.to_string());
        let other = other.map(|key| (redis.primary_of(&key), key));
        let (survivor, key) = other
            .into_iter()
            .find(|(index, _)| *index != primary)
            .unwrap();
        redis.kill(primary);
        wait_until("a survivor that answers", || {
            redis.nodes[survivor].ask(&["SET", &key, "value"]) == "OK"
        });
        redis.start_again(primary).await;
        assert_eq!(redis.primary_of("name"), primary);
    }
}
