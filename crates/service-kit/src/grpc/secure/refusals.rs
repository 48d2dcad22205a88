//! Handshakes that fail: counted all, logged seldom.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use metrics::counter;
use tokio::time::Instant;

use crate::metrics::TLS_HANDSHAKES_FAILED;

/// Between two lines of the log.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    last: Option<Instant>,
    left_out: u64,
}

impl Refusals {
    pub(super) fn count(&self, peer: Option<SocketAddr>, error: &io::Error) {
        counter!(TLS_HANDSHAKES_FAILED).increment(1);
        let Some(left_out) = self.next_line() else {
            return;
        };
        let address = peer.map(|peer| peer.to_string());
        tracing::info!(target: "audit", address, %error, left_out, "TLS handshake failed");
    }

    /// How many were not logged since the last line; `None` if this one is not logged either.
    fn next_line(&self) -> Option<u64> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if log.last.is_some_and(|last| last.elapsed() < PAUSE) {
            log.left_out += 1;
            return None;
        }
        log.last = Some(Instant::now());
        Some(std::mem::take(&mut log.left_out))
    }
}
