//! Traces: which work, in which process, belongs to one request of a browser, and how long each part took.
//!
//! Each request has a trace id, which is in the log lines of all services and on error pages. Where the environment
//! names a collector (`OTEL_EXPORTER_OTLP_ENDPOINT`), the spans are exported to it as well; otherwise none are made.
//! What they hold stands in `docs/tracing.md`.

mod collector;
mod context;
mod export;
mod ids;
mod settings;
mod spans;
#[cfg(feature = "sql")]
mod statements;

pub(crate) use context::Parent;
pub use context::{InTrace, TraceId, within};
pub(crate) use export::{Export, ExportError, is_exported, layers};
pub(crate) use spans::{called, outgoing_call, propagate, served_call};
pub use spans::{request, responded, store_call, store_called};
