//! Metrics in the text format of Prometheus. Which there are stands in `docs/metrics.md`.

use std::net::SocketAddr;

use metrics_exporter_prometheus::PrometheusBuilder;
use serde::Deserialize;

/// The `[metrics]` section.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Address to serve them at, for whoever may connect to it; absent: they are not collected.
    pub listen: Option<SocketAddr>,
}

/// Collects metrics and serves them, if that is configured. Needs a Tokio runtime.
///
/// # Errors
/// A text that names the address that cannot be listened at.
pub(crate) fn serve(config: &MetricsConfig) -> Result<(), String> {
    let Some(address) = config.listen else {
        return Ok(());
    };
    PrometheusBuilder::new()
        .with_http_listener(address)
        .install()
        .map_err(|error| format!("metrics.listen {address}: {error}"))
}
