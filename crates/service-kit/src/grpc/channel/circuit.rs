//! A circuit breaker: while no replica of a service answers in time, calls fail at once instead of waiting.
//!
//! One call each [`PROBE_EVERY`] is made nevertheless: its answer closes the circuit. Only calls without
//! an answer count. A service that answers, if only that its store is away, may have other answers in memory.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use metrics::gauge;
use tokio::time::Instant;
use tonic::Status;

use super::health;
use crate::clock::millis;
use crate::metrics::BACKEND_CIRCUIT_OPEN;
use crate::unanswered::Unanswered;

/// The time from one call over an open circuit to the next.
const PROBE_EVERY: Duration = Duration::from_millis(200);
/// A call with less time than this, such as a repeat at the end of a request, says nothing about its peer.
const WORTH_COUNTING: Duration = Duration::from_millis(200);
/// Both sides of a call end it at its deadline, one of them this much earlier at most.
const ABOUT: Duration = Duration::from_millis(5);

/// The circuit to all replicas of a service.
#[derive(Debug)]
pub(super) struct Circuit {
    service: &'static str,
    unanswered: Unanswered,
    /// When the next call may be made, as [`health::now`] tells it; 0 while the circuit is closed.
    next_probe: AtomicU64,
}

impl Circuit {
    /// A closed one.
    pub(super) fn new(service: &'static str) -> Self {
        gauge!(BACKEND_CIRCUIT_OPEN, "backend" => service).set(0);
        Self {
            service,
            unanswered: Unanswered::new(Instant::now()),
            next_probe: AtomicU64::new(0),
        }
    }

    /// Lets a call pass that begins now and shall be answered within `limit`, or refuses it.
    pub(super) fn enter(&self, now: Instant, limit: Duration) -> Result<Passage<'_>, Status> {
        let next_probe = self.next_probe.load(Relaxed);
        if next_probe != 0 && !self.may_probe(next_probe) {
            return Err(refusal(self.service));
        }
        let counts_from = now.checked_add(limit.saturating_sub(ABOUT));
        Ok(Passage {
            circuit: self,
            counts_from: counts_from.filter(|_| limit >= WORTH_COUNTING),
        })
    }

    /// Takes the probe that is due, if it is, and no other call has taken it.
    fn may_probe(&self, due: u64) -> bool {
        let now = health::now();
        let next = now.saturating_add(millis(PROBE_EVERY));
        let take = || {
            self.next_probe
                .compare_exchange(due, next, Relaxed, Relaxed)
        };
        now >= due && take().is_ok()
    }

    fn answered(&self) {
        self.unanswered.answered();
        // Read first: the line stays shared between the cores while all goes well.
        if self.next_probe.load(Relaxed) != 0 && self.next_probe.swap(0, Relaxed) != 0 {
            gauge!(BACKEND_CIRCUIT_OPEN, "backend" => self.service).set(0);
            tracing::info!(backend = self.service, "answers again, circuit closed");
        }
    }

    fn late(&self, now: Instant) {
        if !self.unanswered.count(1, now) {
            return;
        }
        let first_probe = health::now().saturating_add(millis(PROBE_EVERY));
        let opened = self
            .next_probe
            .compare_exchange(0, first_probe, Relaxed, Relaxed);
        if opened.is_ok() {
            gauge!(BACKEND_CIRCUIT_OPEN, "backend" => self.service).set(1);
            tracing::error!(
                backend = self.service,
                "does not answer in time, circuit opened"
            );
        }
    }
}

/// A call that was let pass. Dropped at its deadline without an answer, it was late; dropped earlier, its answer was
/// not wanted any more.
#[derive(Debug)]
pub(super) struct Passage<'a> {
    circuit: &'a Circuit,
    counts_from: Option<Instant>,
}

impl Passage<'_> {
    /// The call is over before its deadline: with an answer, or because no replica can be reached.
    pub(super) fn end(mut self, is_answered: bool) {
        self.counts_from = None;
        if is_answered {
            self.circuit.answered();
        }
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        let Some(from) = self.counts_from else { return };
        let now = Instant::now();
        if now >= from {
            self.circuit.late(now);
        }
    }
}

/// The source of the status of a call that was refused here.
#[derive(Debug)]
struct Open;

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("circuit open")
    }
}

impl Error for Open {}

fn refusal(service: &str) -> Status {
    let mut status = Status::unavailable(format!("{service} does not answer in time"));
    status.set_source(Arc::new(Open));
    status
}

/// Whether a call was not made, because its service had not answered the calls before.
#[must_use]
pub fn is_circuit_open(status: &Status) -> bool {
    status.source().is_some_and(<dyn Error>::is::<Open>)
}
