//! The events of the audit log of this process.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static EVENTS: Mutex<Vec<Vec<(&str, String)>>> = Mutex::new(Vec::new());

/// Keeps the events of the process.
struct Audit;

/// Keeps events from now on, of all threads: with a subscriber of one thread, others could switch events off.
pub(super) fn start() {
    tracing::subscriber::set_global_default(Audit).expect("only one test starts it");
    tracing::callsite::rebuild_interest_cache();
}

/// Whether an event of an invitation was logged.
pub(super) fn has(event: &str, invitation: &str) -> bool {
    let wanted = [("event", event), ("invitation", invitation)];
    let events = EVENTS.lock().unwrap_or_else(PoisonError::into_inner);
    events.iter().any(|fields| {
        let has = |(name, value)| {
            let mut fields = fields.iter();
            fields.any(|field| (field.0, &*field.1) == (name, value))
        };
        wanted.into_iter().all(has)
    })
}

struct Fields(Vec<(&'static str, String)>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl Subscriber for Audit {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "audit"
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(Vec::new());
        event.record(&mut fields);
        let mut events = EVENTS.lock().unwrap_or_else(PoisonError::into_inner);
        events.push(fields.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
