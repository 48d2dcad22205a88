//! Metrics in the text format of Prometheus. Which there are stands in `docs/metrics.md`.

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use ::http::header::{CONTENT_TYPE, HeaderValue};
use ::http::{Request, Response};
use hyper::body::Incoming;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use tokio::net::TcpListener;
use tower::service_fn;

use crate::Shutdown;
use crate::connections::{ConnectionLimits, Listener, http};
use crate::grpc::measurement::{CALL_BUCKETS, CALL_SECONDS};
use crate::open_files::OpenFiles;

/// Collectors are few.
const MAX_CONNECTIONS: usize = 32;
/// How often what was observed is summed up.
const UPKEEP: Duration = Duration::from_secs(5);

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
pub(crate) fn serve(config: &MetricsConfig) -> Result<(), MetricsError> {
    let Some(address) = config.listen else {
        return Ok(());
    };
    let socket = listen(address).map_err(|source| MetricsError::Listen { address, source })?;
    let recorder = record()?;
    tokio::spawn(keep_up(recorder.clone()));
    tokio::spawn(answer(socket, recorder));
    Ok(())
}

fn record() -> Result<PrometheusHandle, BuildError> {
    let seconds = Matcher::Full(CALL_SECONDS.to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(seconds, &CALL_BUCKETS)?
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
        let mut response = Response::new(recorder.render());
        let text = HeaderValue::from_static("text/plain; version=0.0.4");
        response.headers_mut().insert(CONTENT_TYPE, text);
        ready(Ok::<_, Infallible>(response))
    });
    // Until the process ends: its last seconds are measured too.
    let never = Shutdown::new();
    http::serve(listener, http::plain, move |_| service.clone(), never).await;
}
