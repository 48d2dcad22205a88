//! How far the requests of one HTTP connection are, and when it is too late for the next step.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::Version;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use super::ConnectionLimits;
use super::table::Slot;

/// A peer may give up so many requests of a connection, and more if it waits for most answers: a browser gives up a
/// few, a proxy those of its browsers.
const MAX_ABANDONED: u64 = 100;

/// The deadline that a connection has missed, or another reason to end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Late {
    FirstRequest,
    Head,
    Request,
    Idle,
    Age,
    /// Most of its requests were given up by the peer.
    Abandoned,
    /// It was asked to end.
    End,
}

impl Late {
    /// The value of the label `reason`.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::FirstRequest => "first_request",
            Self::Head => "head",
            Self::Request => "request",
            Self::Idle => "idle",
            Self::Age => "age",
            Self::Abandoned => "abandoned",
            Self::End => "end",
        }
    }
}

#[derive(Debug)]
pub(super) struct Progress {
    limits: ConnectionLimits,
    accepted: Instant,
    slot: Arc<Slot>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When each of them came; a later one has a greater number.
    in_flight: BTreeMap<u64, Instant>,
    /// Requests so far.
    count: u64,
    /// Requests that the peer has given up before the end of their answer.
    abandoned: u64,
    /// While none is in flight.
    idle_since: Instant,
    /// While a head has come in part.
    head_since: Option<Instant>,
    http1: bool,
}

impl Progress {
    pub(super) fn new(limits: ConnectionLimits, slot: Arc<Slot>) -> Self {
        let accepted = Instant::now();
        let state = State {
            in_flight: BTreeMap::new(),
            count: 0,
            abandoned: 0,
            idle_since: accepted,
            head_since: None,
            http1: false,
        };
        Self {
            limits,
            accepted,
            slot,
            state: Mutex::new(state),
        }
    }

    pub(super) fn begin_request(self: &Arc<Self>, version: Version) -> InFlight {
        let mut state = self.state();
        let id = state.count;
        state.count += 1;
        state.in_flight.insert(id, Instant::now());
        state.head_since = None;
        state.http1 = version < Version::HTTP_2;
        drop(state);
        self.slot.set_busy();
        InFlight {
            progress: Arc::clone(self),
            id,
            is_answered: false,
        }
    }

    /// Between two requests, a byte is the begin of the next. In HTTP/2 it need not be: frames such as pings are no
    /// sign of a request.
    pub(super) fn note_read(&self) {
        let mut state = self.state();
        if state.http1 && state.in_flight.is_empty() && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// `None` while a request is in flight.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        state.in_flight.is_empty().then_some(state.idle_since)
    }

    /// Whether no request has come yet.
    pub(super) fn is_new(&self) -> bool {
        self.state().count == 0
    }

    /// Whether requests have come, by HTTP/2.
    pub(super) fn is_http2(&self) -> bool {
        let state = self.state();
        state.count > 0 && !state.http1
    }

    /// When the connection will be late, and with what.
    pub(super) fn due(&self) -> (Instant, Late) {
        let state = self.state();
        let ms = Duration::from_millis;
        // mutant: abandoned-requests-unlimited
        if state.abandoned > MAX_ABANDONED && state.abandoned > state.count / 2 {
            return (self.accepted, Late::Abandoned);
        }
        if let Some((_, since)) = state.in_flight.first_key_value() {
            return (*since + ms(self.limits.request_ms), Late::Request);
        }
        if state.count == 0 {
            let patience = self.limits.first_request();
            // mutant: first-request-never-late
            return (self.accepted + patience, Late::FirstRequest);
        }
        match state.head_since {
            Some(since) => (since + ms(self.limits.head_ms), Late::Head),
            None => (state.idle_since + ms(self.limits.idle_ms), Late::Idle),
        }
    }

    pub(super) fn end_of_life(&self) -> Instant {
        self.accepted + Duration::from_millis(self.limits.age_ms)
    }

    pub(super) fn slot(&self) -> &Slot {
        &self.slot
    }

    fn end_request(&self, id: u64, is_answered: bool) {
        let mut state = self.state();
        state.abandoned += u64::from(!is_answered);
        state.in_flight.remove(&id);
        if state.in_flight.is_empty() {
            state.idle_since = Instant::now();
            drop(state);
            self.slot.set_idle();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request from its head to the end of its answer.
#[derive(Debug)]
pub(super) struct InFlight {
    progress: Arc<Progress>,
    id: u64,
    is_answered: bool,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.progress.end_request(self.id, self.is_answered);
    }
}

/// The body of an answer, which ends its request.
#[derive(Debug)]
pub(super) struct AnswerBody<B> {
    inner: B,
    request: InFlight,
}

impl<B: Body> AnswerBody<B> {
    pub(super) fn new(inner: B, mut request: InFlight) -> Self {
        request.is_answered = inner.is_end_stream();
        Self { inner, request }
    }
}

impl<B: Body + Unpin> Body for AnswerBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_frame(cx);
        let is_over = matches!(polled, Poll::Ready(None)) || this.inner.is_end_stream();
        this.request.is_answered |= is_over;
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
