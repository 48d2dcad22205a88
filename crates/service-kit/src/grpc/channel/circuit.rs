//! A circuit breaker: while no replica of a service answers in time, calls fail at once instead of waiting.
//!
//! One call at a time, every [`PROBE_EVERY`], is made nevertheless: its answer closes the circuit. Only calls without
//! an answer count. A service that answers, if only that its store is away, may have other answers in memory.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use metrics::gauge;
use tokio::time::Instant;
use tonic::Status;

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
    is_open: AtomicBool,
    /// In milliseconds after `start`.
    next_probe: AtomicU64,
    start: Instant,
}

impl Circuit {
    /// A closed one.
    pub(super) fn new(service: &'static str) -> Self {
        let now = Instant::now();
        gauge!(BACKEND_CIRCUIT_OPEN, "backend" => service).set(0);
        Self {
            service,
            unanswered: Unanswered::new(now),
            is_open: AtomicBool::new(false),
            next_probe: AtomicU64::new(0),
            start: now,
        }
    }

    /// Lets a call pass that shall be answered within `limit`, or refuses it.
    pub(super) fn enter(&self, limit: Duration) -> Result<Passage<'_>, Status> {
        let now = Instant::now();
        if self.is_open.load(Relaxed) && !self.is_time_for_a_probe(now) {
            return Err(refusal(self.service));
        }
        Ok(Passage {
            circuit: self,
            counts_from: (limit >= WORTH_COUNTING)
                .then(|| now.checked_add(limit.saturating_sub(ABOUT)))
                .flatten(),
        })
    }

    fn is_time_for_a_probe(&self, now: Instant) -> bool {
        let now = millis(now - self.start);
        let due = self.next_probe.load(Relaxed);
        let next = now.saturating_add(millis(PROBE_EVERY));
        now >= due
            && self
                .next_probe
                .compare_exchange(due, next, Relaxed, Relaxed)
                .is_ok()
    }

    fn answered(&self) {
        self.unanswered.answered();
        if self.is_open.load(Relaxed) && self.is_open.swap(false, Relaxed) {
            gauge!(BACKEND_CIRCUIT_OPEN, "backend" => self.service).set(0);
            tracing::info!(backend = self.service, "answers again, circuit closed");
        }
    }

    fn late(&self, now: Instant) {
        if self.unanswered.count(1, now) && !self.is_open.swap(true, Relaxed) {
            let first_probe = millis(now + PROBE_EVERY - self.start);
            self.next_probe.store(first_probe, Relaxed);
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
        let now = Instant::now();
        if self.counts_from.is_some_and(|from| now >= from) {
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

impl std::error::Error for Open {}

fn refusal(service: &str) -> Status {
    let mut status = Status::unavailable(format!("{service} does not answer in time"));
    status.set_source(Arc::new(Open));
    status
}

/// Whether a call was not made, because its service had not answered the calls before.
#[must_use]
pub fn is_circuit_open(status: &Status) -> bool {
    let source = std::error::Error::source(status);
    source
        .and_then(|source| source.downcast_ref::<Open>())
        .is_some()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
