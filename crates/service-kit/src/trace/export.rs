//! The export of spans, and the layers that make them.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::registry::LookupSpan;

use super::TraceId;
use super::collector::Collector;
use super::ids::Ids;
use super::settings::{protocol, variable};

/// The target of spans that are exported. They are not in the log.
pub(super) const TARGET: &str = "doorward::trace";
/// For the last spans, whose collector may be gone.
const LAST_SPANS: Duration = Duration::from_secs(1);

static IS_ON: AtomicBool = AtomicBool::new(false);

/// Spans cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A variable cannot be read.
    #[error("{name} {value:?}: must be {expected}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// The values that it can have.
        expected: String,
    },
    /// The address or another setting of the collector cannot be used.
    #[error("the collector of traces, OTEL_EXPORTER_OTLP_…")]
    Collector(#[from] Box<ExporterBuildError>),
    /// There are no threads.
    #[error("the export of traces cannot start")]
    Runtime(#[source] io::Error),
}

/// Whether spans are made.
pub(super) fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// The running export. Dropped, it sends the last spans.
#[derive(Debug)]
pub(crate) struct Export(SdkTracerProvider);

impl Export {
    /// Starts it, if the environment names a collector. `service` is the name of the service, unless the environment
    /// gives another one.
    pub(crate) fn start(service: &'static str) -> Result<Option<Self>, ExportError> {
        let Some(protocol) = protocol(&variable)? else {
            return Ok(None);
        };
        let provider = SdkTracerProvider::builder()
            .with_id_generator(Ids::default())
            .with_resource(resource(service))
            .with_batch_exporter(Collector::new(protocol)?)
            .build();
        IS_ON.store(true, Ordering::Relaxed);
        Ok(Some(Self(provider)))
    }

    fn tracer(&self) -> Tracer {
        self.0.tracer("doorward")
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        IS_ON.store(false, Ordering::Relaxed);
        // Fails if the collector is gone, which the log says.
        let _ = self.0.shutdown_with_timeout(LAST_SPANS);
    }
}

fn resource(service: &'static str) -> Resource {
    let resource = Resource::builder().with_attributes([
        KeyValue::new("service.instance.id", TraceId::random().to_string()),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
    ]);
    match variable("OTEL_SERVICE_NAME") {
        Some(_) => resource.build(),
        None => resource.with_service_name(service).build(),
    }
}

/// The layers that make spans of the work, and of SQL statements.
pub(crate) fn layers<S>(export: &Export) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let spans = tracing_opentelemetry::layer()
        .with_tracer(export.tracer())
        .with_context_activation(false)
        .with_level(false)
        .with_location(false)
        .with_target(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        // Without the hint, the code of all libraries would look at each of their events whether it is of use.
        .with_filter(FilterFn::new(is_exported).with_max_level_hint(Level::INFO));
    #[cfg(feature = "sql")]
    let spans = spans.and_then(super::statements::layer(export.tracer()));
    spans
}

/// Whether a span is for the export, and not for the log.
pub(crate) fn is_exported(metadata: &Metadata<'_>) -> bool {
    metadata.target() == TARGET
}
