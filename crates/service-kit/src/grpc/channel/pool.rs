//! The connections of a channel, shared by its calls and by the tasks that keep them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use metrics::{counter, gauge};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::connection::Connection;
use super::peer::{Peer, Security};
use super::times::Times;
use super::view::{Standing, View};
use crate::metrics::{BACKEND_CONNECTIONS, BACKEND_CONNECTS};

#[derive(Debug)]
pub(super) struct Pool {
    /// The name of the service.
    pub(super) service: &'static str,
    pub(super) security: Option<Security>,
    pub(super) times: Times,
    /// Cancelled with the channel.
    pub(super) stop: CancellationToken,
    /// A replica was lost: the name may have other addresses now.
    pub(super) lost: Notify,
    view: watch::Sender<View>,
    turn: AtomicU32,
}

impl Pool {
    pub(super) fn new(service: &'static str, security: Option<Security>, times: Times) -> Self {
        Self {
            service,
            security,
            times,
            stop: CancellationToken::new(),
            lost: Notify::new(),
            view: watch::Sender::default(),
            turn: AtomicU32::new(0),
        }
    }

    /// A connection for the next call. Waits while one is expected.
    pub(super) async fn connection(&self, tried: Option<u64>) -> Result<Arc<Connection>, Status> {
        let random = self.random();
        if let Some(connection) = self.view.borrow().pick(tried, random) {
            return Ok(Arc::clone(connection));
        }
        let expected = self.expected(tried, random);
        if !self.read(View::was_connected) {
            return expected.await;
        }
        timeout(self.times.reconnect, expected)
            .await
            .unwrap_or_else(|_| Err(self.refusal("its replicas were lost")))
    }

    /// Waits for a connection for as long as a replica is being connected.
    async fn expected(&self, tried: Option<u64>, random: u32) -> Result<Arc<Connection>, Status> {
        let mut changes = self.view.subscribe();
        loop {
            {
                let view = changes.borrow_and_update();
                if let Some(connection) = view.pick(tried, random) {
                    return Ok(Arc::clone(connection));
                }
                if let Some(error) = view.hopeless() {
                    return Err(self.refusal(&error));
                }
            }
            // Fails only without a sender, which is in `self`.
            let _ = changes.changed().await;
        }
    }

    fn refusal(&self, error: &str) -> Status {
        Status::unavailable(format!("no connection to {}: {error}", self.service))
    }

    /// Spreads calls; its values need not be hard to guess.
    fn random(&self) -> u32 {
        let turn = self.turn.fetch_add(1, Relaxed);
        let mixed = u64::from(turn).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        u32::try_from(mixed >> 32).unwrap_or_default()
    }

    pub(super) fn set(&self, replica: u64, peer: &Peer, standing: Standing) {
        let is_connected = matches!(standing, Standing::Connected(_));
        self.measure(peer, is_connected);
        self.view.send_modify(|view| view.set(replica, standing));
    }

    pub(super) fn remove(&self, replica: u64, peer: &Peer) {
        self.measure(peer, false);
        self.view.send_modify(|view| view.remove(replica));
    }

    pub(super) fn set_unresolved(&self, error: &str) {
        self.view
            .send_modify(|view| view.set_unresolved(error.into()));
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&View) -> T) -> T {
        read(&self.view.borrow())
    }

    pub(super) fn count_attempt(&self, outcome: &'static str) {
        counter!(BACKEND_CONNECTS, "backend" => self.service, "outcome" => outcome).increment(1);
    }

    fn measure(&self, peer: &Peer, is_connected: bool) {
        let labels = [
            ("backend", self.service.to_owned()),
            ("replica", peer.to_string()),
        ];
        gauge!(BACKEND_CONNECTIONS, &labels).set(f64::from(u8::from(is_connected)));
    }
}
