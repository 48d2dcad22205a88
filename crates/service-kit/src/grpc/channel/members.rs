//! The task of a channel: looks up the replicas of its service, and keeps a connection to each of them.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::keeper::Keeper;
use super::peer::Peer;
use super::pool::Pool;
use super::resolve::Resolve;

/// A look-up that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(15);

struct Member {
    replica: u64,
    departed: CancellationToken,
}

pub(super) struct Members {
    pool: Arc<Pool>,
    known: HashMap<Peer, Member>,
    /// The newest answer. Kept when there is none: a name that cannot be resolved loses no replica.
    peers: Vec<Peer>,
    last_replica: u64,
    has_failed: bool,
}

impl Members {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            known: HashMap::new(),
            peers: Vec::new(),
            last_replica: 0,
            has_failed: false,
        }
    }

    /// Runs as long as the channel.
    pub(super) async fn follow(mut self, resolver: Arc<dyn Resolve>) {
        let stop = self.pool.stop.clone();
        stop.run_until_cancelled(async {
            loop {
                let found = timeout(PATIENCE, resolver.resolve()).await;
                self.note(found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())));
                self.update();
                if !resolver.changes() {
                    return std::future::pending().await;
                }
                self.rest().await;
            }
        })
        .await;
    }

    /// Until the next look-up, which follows soon after a replica was lost.
    async fn rest(&self) {
        let times = self.pool.times;
        sleep(times.resolve_again).await;
        let rest = times.resolve.saturating_sub(times.resolve_again);
        let _ = timeout(rest, self.pool.lost.notified()).await;
    }

    fn note(&mut self, found: io::Result<Vec<Peer>>) {
        let error = match found {
            Ok(peers) if !peers.is_empty() => {
                self.has_failed = false;
                self.peers = peers;
                return;
            }
            Ok(_) => "the name has no addresses".to_owned(),
            Err(error) => error.to_string(),
        };
        if !self.has_failed {
            self.has_failed = true;
            let service = self.pool.service;
            tracing::warn!(
                service,
                error,
                "the name of a service cannot be resolved, retrying"
            );
        }
        self.pool.set_unresolved(&error);
    }

    fn update(&mut self) {
        for peer in self.peers.clone() {
            if !self.known.contains_key(&peer) {
                let member = self.start(peer.clone());
                self.known.insert(peer, member);
            }
        }
        let (pool, peers) = (&self.pool, &self.peers);
        self.known.retain(|peer, member| {
            let stays = peers.contains(peer)
                || pool.read(|view| {
                    // The last connection stays until another one is there.
                    view.is_connected(member.replica) && view.connected() == 1
                });
            if !stays {
                member.departed.cancel();
                // Seen by the next one at once.
                pool.remove(member.replica, peer);
            }
            stays
        });
    }

    fn start(&mut self, peer: Peer) -> Member {
        self.last_replica += 1;
        let replica = self.last_replica;
        let departed = self.pool.stop.child_token();
        let keeper = Keeper {
            replica,
            peer,
            pool: Arc::clone(&self.pool),
            departed: departed.clone(),
        };
        tokio::spawn(keeper.keep());
        Member { replica, departed }
    }
}
