//! The requests in work: how many there may be at a time, and which are refused first when there are too many.
//!
//! A request beyond the limit is refused at once, which costs little, instead of waiting behind the others until its
//! caller has given up. The limit falls while the process runs late or answers fail, see [`limit`]. What can wait is
//! refused first ([`Priority`]), and so are the requests of the application, organization or address that has most in
//! work ([`Party`]).

mod limit;
mod shares;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use doorward_service_kit::Shutdown;
use metrics::{counter, gauge};
use tokio::time::{Instant, sleep, sleep_until};

use crate::metrics::{REQUESTS_IN_WORK, REQUESTS_LIMIT, REQUESTS_SHED};
use limit::{Limit, Window};
use shares::Shares;

pub(crate) use limit::MIN_REQUESTS;
pub(crate) use shares::Party;

/// How often the limit is adjusted.
const WINDOW: Duration = Duration::from_millis(100);
/// How often the delay of the process is measured while it has much to do.
const SAMPLE: Duration = Duration::from_millis(5);
/// The log has one line in this time about refused requests.
const QUIET: Duration = Duration::from_secs(10);

/// The order in which requests are refused when there is too much to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    /// Sign-up and invitations, which lose nothing by waiting.
    Deferrable,
    /// Pages, and requests that may show one.
    Interactive,
    /// Silent authentication, which no person can repeat, and the end of a sign-in, whose work is done. A quarter of
    /// the limit is for these requests only, however many others are in work.
    Silent,
}

impl Priority {
    /// The quarters of the limit that these requests may fill.
    const fn quarters(self) -> usize {
        match self {
            Self::Deferrable => 2,
            Self::Interactive => 3,
            Self::Silent => 4,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Deferrable => "deferrable",
            Self::Interactive => "interactive",
            Self::Silent => "silent",
        }
    }
}

/// The application of a request and the organization that it names, or an address.
pub(crate) type Parties = [Option<Party>; 2];

/// Too many requests are in work to begin this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overloaded;

/// The requests in work.
#[derive(Debug)]
pub(crate) struct Workload(Mutex<State>);

#[derive(Debug)]
struct State {
    limit: Limit,
    in_work: usize,
    /// Requests in work with [`Priority::Silent`].
    silent: usize,
    shares: Shares,
    window: Window,
    /// Requests refused since the last line in the log, and when that was.
    refused: u64,
    logged: Option<Instant>,
}

impl Workload {
    /// Without requests. At most `max` are worked on at a time.
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            limit: Limit::new(max),
            in_work: 0,
            silent: 0,
            shares: Shares::default(),
            window: Window::default(),
            refused: 0,
            logged: None,
        })))
    }

    /// Adjusts the limit until `shutdown`.
    pub(crate) fn watch(self: &Arc<Self>, shutdown: Shutdown) {
        let workload = Arc::clone(self);
        tokio::spawn(shutdown.run_until_cancelled_owned(async move {
            loop {
                let delay = delay(workload.is_busy()).await;
                workload.adjust(delay);
            }
        }));
    }

    /// Begins a request of these parties, or refuses it.
    pub(crate) fn begin(
        self: &Arc<Self>,
        priority: Priority,
        parties: Parties,
    ) -> Result<Work, Overloaded> {
        let mut state = self.state();
        let quarters = priority.quarters();
        let named = || parties.iter().flatten();
        let is_silent = priority == Priority::Silent;
        if state.has_room(quarters - parties.len())
            || state.has_room(quarters - state.shares.most(named()))
            || is_silent && state.silent < state.limit.quarters(1)
        {
            state.in_work += 1;
            state.silent += usize::from(is_silent);
            state.window.peak = state.window.peak.max(state.in_work);
            named().for_each(|party| state.shares.add(*party));
            drop(state);
            return Ok(Work {
                workload: Arc::clone(self),
                is_silent,
                parties,
                failed: None,
            });
        }
        let cause = if state.has_room(quarters) {
            "share"
        } else {
            "load"
        };
        state.refused += 1;
        drop(state);
        counter!(REQUESTS_SHED, "priority" => priority.label(), "cause" => cause).increment(1);
        Err(Overloaded)
    }

    /// Notes how long the tokens of a request took to be signed.
    pub(crate) fn signed(&self, time: Duration) {
        let mut state = self.state();
        state.window.signings += 1;
        state.window.signing += time;
    }

    fn is_busy(&self) -> bool {
        let state = self.state();
        state.limit.is_near(state.in_work)
    }

    fn adjust(&self, delay: Duration) {
        let mut state = self.state();
        let window = std::mem::take(&mut state.window);
        state.window.peak = state.in_work;
        state.limit.adjust(&window, delay);
        gauge!(REQUESTS_LIMIT).set(state.limit.requests());
        gauge!(REQUESTS_IN_WORK).set(u32::try_from(state.in_work).unwrap_or(u32::MAX));
        let is_due = state.logged.is_none_or(|at| at.elapsed() > QUIET);
        if state.refused > 0 && is_due {
            let refused = std::mem::take(&mut state.refused);
            state.logged = Some(Instant::now());
            let limit = state.limit.requests();
            drop(state);
            tracing::warn!(refused, limit, "too many requests, some are refused");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_room(&self, quarters: usize) -> bool {
        self.in_work < self.limit.quarters(quarters)
    }
}

/// A request in work, until it is dropped.
#[derive(Debug)]
pub(crate) struct Work {
    workload: Arc<Workload>,
    is_silent: bool,
    parties: Parties,
    failed: Option<bool>,
}

impl Work {
    /// Ends the request. It `failed` if a service could not answer it. Too many silent requests may be the cause; the
    /// others also fail when `identity` has enough passwords to hash, which is no reason to refuse anything else.
    pub(crate) fn end(mut self, failed: bool) {
        self.failed = Some(failed);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let mut state = self.workload.state();
        state.in_work -= 1;
        state.silent -= usize::from(self.is_silent);
        if let (true, Some(failed)) = (self.is_silent, self.failed) {
            state.window.ended += 1;
            state.window.failed += u32::from(failed);
        }
        for party in self.parties.iter().flatten() {
            state.shares.remove(party);
        }
    }
}

/// Waits for the length of a window, and returns how late a task runs that is due: the mean of many samples in a busy
/// process; otherwise nothing is measured.
async fn delay(is_busy: bool) -> Duration {
    if !is_busy {
        sleep(WINDOW).await;
        return Duration::ZERO;
    }
    let end = Instant::now() + WINDOW;
    let (mut late, mut samples) = (Duration::ZERO, 0);
    while Instant::now() < end {
        let due = Instant::now() + SAMPLE;
        sleep_until(due).await;
        // A timer goes before the tasks that wait for their turn. This does not.
        tokio::task::yield_now().await;
        late += due.elapsed();
        samples += 1;
    }
    late / samples
}

#[cfg(test)]
mod tests;
