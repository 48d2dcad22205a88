//! Makes a span of each SQL statement that sqlx reports. Statements have placeholders, never values.

use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Tracer as _};
use opentelemetry_sdk::trace::Tracer;
use tracing::dispatcher::WeakDispatch;
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::export::is_exported;

/// The target of the events that sqlx reports statements with.
const REPORTS: &str = "sqlx::query";

/// Only those that are made for a request are exported: others have no span around them.
pub(super) fn layer<S>(tracer: Tracer) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let statements = Statements {
        tracer,
        dispatch: OnceLock::new(),
    };
    let is_of_use = |metadata: &Metadata<'_>| metadata.target() == REPORTS || is_exported(metadata);
    statements.with_filter(FilterFn::new(is_of_use).with_max_level_hint(Level::DEBUG))
}

#[derive(Debug)]
struct Statements {
    tracer: Tracer,
    dispatch: OnceLock<WeakDispatch>,
}

impl<S> Layer<S> for Statements
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        let _ = self.dispatch.set(dispatch.downgrade());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(around) = context.lookup_current() else {
            return;
        };
        let dispatch = self.dispatch.get().and_then(WeakDispatch::upgrade);
        let Some(parent) = dispatch.and_then(|dispatch| get_otel_context(&around.id(), &dispatch))
        else {
            return;
        };
        let mut statement = Statement::default();
        event.record(&mut statement);
        let end = now();
        let mut span = self.tracer.build_with_context(statement.span(end), &parent);
        span.end_with_timestamp(end);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "spans have the time of the machine"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// A statement, as sqlx reports it.
#[derive(Debug, Default)]
struct Statement {
    /// Its first words; the whole of it if it is short.
    summary: String,
    text: String,
    seconds: f64,
}

impl Statement {
    fn span(self, end: SystemTime) -> SpanBuilder {
        let text = if self.text.trim().is_empty() {
            self.summary
        } else {
            self.text.trim().to_owned()
        };
        let operation = text.split_whitespace().next().unwrap_or("statement");
        let duration = Duration::try_from_secs_f64(self.seconds).unwrap_or_default();
        SpanBuilder::from_name(operation.to_owned())
            .with_kind(SpanKind::Client)
            .with_start_time(end.checked_sub(duration).unwrap_or(end))
            .with_attributes([
                KeyValue::new("db.operation.name", operation.to_owned()),
                KeyValue::new("db.query.text", text),
            ])
    }
}

impl Visit for Statement {
    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.text),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.seconds = value;
        }
    }
}
