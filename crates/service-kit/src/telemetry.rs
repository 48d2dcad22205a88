//! Logging, and the export of traces. What is logged, and what never is, stands in `docs/logging.md`.

mod cut;
mod panics;
mod sink;

use std::fmt::Display;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::OnceLock;
use std::time::Duration;

use serde::Deserialize;
use tracing::{Level, Subscriber};
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::{FilterExt, FilterFn, ParseError};
use tracing_subscriber::fmt::format::debug_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use sink::Sink;

use crate::trace::{Export, ExportError, is_exported, layers};

/// For the last lines, which may have no reader.
const LAST_LINES: Duration = Duration::from_secs(1);

static SINK: OnceLock<Sink> = OnceLock::new();

/// The `[log]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `text` for people (default) or `json` for machines.
    pub format: LogFormat,
    /// Filter in the syntax of `tracing`, for example `info` (default) or `warn,doorward_session=debug`.
    pub filter: String,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl TryFrom<String> for LogFormat {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match name.as_str() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be \"text\" or \"json\""),
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}

/// There can be no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `log.filter` cannot be read.
    #[error("log.filter {filter:?}")]
    Filter {
        /// Its text.
        filter: String,
        /// Why.
        source: ParseError,
    },
    /// Standard error cannot be written to.
    #[error("standard error cannot be used")]
    Output(#[from] io::Error),
    /// Traces cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Keeps the log and the export of traces running; dropping it sends the last spans and writes the last lines.
#[derive(Debug)]
#[must_use]
pub struct TelemetryGuard(Option<Export>);

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        drop(self.0.take());
        flush();
    }
}

/// Starts logging to standard error, and for a service the export of its traces if the environment asks for it. A
/// second call does nothing.
pub fn init(
    config: &LogConfig,
    service: Option<&'static str>,
) -> Result<TelemetryGuard, TelemetryError> {
    let unreadable = |source| TelemetryError::Filter {
        filter: config.filter.clone(),
        source,
    };
    let filter = EnvFilter::try_new(&config.filter).map_err(unreadable)?;
    let sink = start_sink()?;
    let export = service.map(Export::start).transpose()?.flatten();
    let _already_started = match &export {
        None => {
            let lines = lines(config.format, sink);
            registry().with(filter).with(lines).try_init()
        }
        Some(export) => {
            // With a hint, that of the other filter counts.
            let is_line = FilterFn::new(|metadata| !is_exported(metadata));
            let filter = filter.and(is_line.with_max_level_hint(Level::TRACE));
            let lines = lines(config.format, sink).with_filter(filter);
            registry().with(lines).with(layers(export)).try_init()
        }
    };
    panics::log_panics();
    Ok(TelemetryGuard(export))
}

fn lines<S>(format: LogFormat, sink: Sink) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let lines = fmt::layer()
        .with_ansi(io::stderr().is_terminal())
        .log_internal_errors(false)
        .with_writer(move || sink.clone());
    match format {
        LogFormat::Text => lines
            .with_target(false)
            .fmt_fields(debug_fn(cut::write_field).delimited(" "))
            .boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .map_event_format(cut::CutJson)
            .boxed(),
    }
}

/// The one sink of this process, with a descriptor of its own: a lock that a blocked write holds must not be met
/// elsewhere.
fn start_sink() -> io::Result<Sink> {
    if let Some(sink) = SINK.get() {
        return Ok(sink.clone());
    }
    let output = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let sink = Sink::start(output, |_, lines| {
        tracing::warn!(lines, "log lines were dropped: they could not be written");
    })?;
    Ok(SINK.get_or_init(|| sink).clone())
}

/// Waits until what was logged is written, but not for ever.
pub(crate) fn flush() {
    if let Some(sink) = SINK.get() {
        sink.flush(LAST_LINES);
    }
}

/// Prints a line on standard error, behind all that was logged. Cannot fail: a process that ends has nowhere else to
/// say why.
pub fn print_error(line: impl Display) {
    print_line(line);
    flush();
}

fn print_line(line: impl Display) {
    let line = format!("{line}\n");
    match SINK.get() {
        Some(sink) => sink.push(line.as_bytes()),
        None => drop(io::stderr().write_all(line.as_bytes())),
    }
}
