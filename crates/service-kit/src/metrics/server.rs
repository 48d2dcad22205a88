//! Serves the metrics of a process in the text format of Prometheus.

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use ::http::header::{CONTENT_TYPE, HeaderValue};
use ::http::{Request, Response};
use hyper::body::Incoming;
use metrics::gauge;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use tokio::net::TcpListener;
use tower::service_fn;

use super::{BUILD_INFO, describe};
use crate::Shutdown;
use crate::connections::{ConnectionLimits, Listener, http};
use crate::open_files::OpenFiles;

/// Collectors are few.
const MAX_CONNECTIONS: usize = 32;
/// How often what was observed is summed up.
const UPKEEP: Duration = Duration::from_secs(5);
/// Names of all histograms end with this.
const HISTOGRAMS: &str = "_seconds";
/// Limits of the histograms, in seconds.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The `[metrics]` section.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Address to serve metrics on, without access control; absent: no metrics are collected.
    pub listen: Option<SocketAddr>,
}

/// Metrics cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// The address cannot be listened on.
    #[error("metrics.listen {address}")]
    Listen {
        /// Which one.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// There is a recorder already, or its settings are wrong.
    #[error("metrics cannot be recorded")]
    Record(#[from] BuildError),
}

/// Collects metrics and serves them, if that is configured. Needs a Tokio runtime.
pub fn serve(config: &MetricsConfig) -> Result<(), MetricsError> {
    let Some(address) = config.listen else {
        return Ok(());
    };
    let socket = listen(address).map_err(|source| MetricsError::Listen { address, source })?;
    let recorder = record()?;
    describe();
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1);
    tokio::spawn(keep_up(recorder.clone()));
    tokio::spawn(answer(socket, recorder));
    Ok(())
}

fn record() -> Result<PrometheusHandle, BuildError> {
    let histograms = Matcher::Suffix(HISTOGRAMS.to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(histograms, &BUCKETS)?
        .install_recorder()
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = std::net::TcpListener::bind(address)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

async fn keep_up(recorder: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        recorder.run_upkeep();
    }
}

/// The exporter's own listener has no limits, and becomes a busy loop without a free file descriptor.
async fn answer(socket: TcpListener, recorder: PrometheusHandle) {
    let limits = ConnectionLimits {
        max: MAX_CONNECTIONS,
        ..ConnectionLimits::default()
    };
    let listener = Listener::with_part("metrics", socket, limits, vec![], OpenFiles::Sixteenth);
    let service = service_fn(move |_: Request<Incoming>| {
        #[cfg(feature = "sql")]
        crate::sql::measure_pools();
        let mut response = Response::new(recorder.render());
        let text = HeaderValue::from_static("text/plain; version=0.0.4");
        response.headers_mut().insert(CONTENT_TYPE, text);
        ready(Ok::<_, Infallible>(response))
    });
    // Until the process ends: its last seconds are measured too.
    let never = Shutdown::new();
    http::serve(listener, http::plain, move |_| service.clone(), never).await;
}
