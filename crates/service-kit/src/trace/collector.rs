//! Sends spans to the collector, on threads of its own, and says in the log when that fails.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::ready;
use metrics::counter;
use opentelemetry_otlp::SpanExporter as OtlpExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tokio::runtime::{Builder, Runtime};

use super::export::ExportError;
use super::settings::Protocol;
use crate::metrics::SPANS_EXPORTED;

/// The collector that the environment names.
#[derive(Debug)]
pub(super) struct Collector {
    exporter: OtlpExporter,
    /// Apart from the runtime that answers requests. The thread that exports waits for it.
    runtime: Runtime,
    is_failing: AtomicBool,
}

impl Collector {
    pub(super) fn new(protocol: Protocol) -> Result<Self, ExportError> {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("traces").enable_all();
        let runtime = builder.build().map_err(ExportError::Runtime)?;
        let guard = runtime.enter();
        let exporter = match protocol {
            Protocol::Grpc => OtlpExporter::builder().with_tonic().build(),
            Protocol::HttpProtobuf => OtlpExporter::builder().with_http().build(),
        };
        drop(guard);
        Ok(Self {
            exporter: exporter.map_err(Box::new)?,
            runtime,
            is_failing: AtomicBool::new(false),
        })
    }

    fn note(&self, spans: u64, sent: &OTelSdkResult) {
        let outcome = if sent.is_ok() { "ok" } else { "failed" };
        counter!(SPANS_EXPORTED, "outcome" => outcome).increment(spans);
        let was_failing = self.is_failing.swap(sent.is_err(), Ordering::Relaxed);
        match sent {
            Err(error) if !was_failing => tracing::warn!(%error, "traces cannot be exported"),
            Ok(()) if was_failing => tracing::info!("traces are exported again"),
            _ => {}
        }
    }
}

impl SpanExporter for Collector {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let spans = batch.len() as u64;
        let sent = self.runtime.block_on(self.exporter.export(batch));
        self.note(spans, &sent);
        ready(sent)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
