//! Gives a trace the id that the log and the error page have.

use std::cell::Cell;

use opentelemetry::trace::{SpanId, TraceId as OtelTraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

use super::TraceId;

thread_local! {
    static NEXT: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// Runs `begin`, which starts the first span of a trace; the trace gets this id.
pub(super) fn with_trace_id(id: TraceId, begin: impl FnOnce()) {
    NEXT.set(Some(id));
    begin();
    NEXT.set(None);
}

/// Takes the id that was given, and makes all others.
#[derive(Debug, Default)]
pub(super) struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> OtelTraceId {
        let given = NEXT.take().map(|id| OtelTraceId::from_bytes(id.to_bytes()));
        given.unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}
