//! The gRPC server of a service process.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use crate::Shutdown;
use crate::config::ConfigError;

/// A call that its caller gave no deadline ends after this.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);
/// In-flight calls may take this long once the process shall stop.
const DRAIN: Duration = Duration::from_secs(20);
const MAX_STREAMS_PER_CONNECTION: u32 = 1024;

/// The `[grpc]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrpcConfig {
    /// Address to serve gRPC on, for example `127.0.0.1:7001`. Only loopback addresses are served without mutual TLS.
    pub listen: SocketAddr,
}

impl GrpcConfig {
    /// Refuses what would put plain gRPC on a network.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.listen.ip().is_loopback() {
            return Ok(());
        }
        Err(ConfigError::invalid(
            "grpc.listen",
            format!(
                "{} is not a loopback address; other addresses need mutual TLS, which is not built yet",
                self.listen
            ),
        ))
    }
}

/// Serving failed.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("grpc.listen {address}: {source}")]
    Bind {
        /// Which one.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The server broke down.
    #[error("the gRPC server stopped: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// A server with the limits that all services share.
pub(super) fn server() -> Server {
    Server::builder()
        .timeout(DEFAULT_DEADLINE)
        .tcp_nodelay(true)
        .max_concurrent_streams(MAX_STREAMS_PER_CONNECTION)
        .http2_keepalive_interval(Some(Duration::from_secs(10)))
        .http2_keepalive_timeout(Some(Duration::from_secs(5)))
}

/// Serves the routes and `grpc.health.v1` until `shutdown`, then lets calls in flight finish. Health is told for the whole
/// process (the empty name) and for `service`, the full name of its gRPC service.
pub async fn serve(
    config: &GrpcConfig,
    service: &'static str,
    routes: Routes,
    shutdown: Shutdown,
) -> Result<(), ServeError> {
    let bind = |source| ServeError::Bind {
        address: config.listen,
        source,
    };
    let listener = TcpListener::bind(config.listen).await.map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    let (mut health, health_service) = tonic_health::server::health_reporter();
    health
        .set_service_status(service, ServingStatus::Serving)
        .await;
    tracing::info!(%address, "serving gRPC");

    let stopping = shutdown.clone();
    let served = server()
        .add_routes(routes.add_service(health_service))
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), async move {
            stopping.cancelled().await;
            for name in ["", service] {
                health
                    .set_service_status(name, ServingStatus::NotServing)
                    .await;
                // Ends the streams of those who watch, once they have heard it: draining must not wait for them.
                health.clear_service_status(name).await;
            }
        });
    tokio::select! {
        result = served => Ok(result?),
        () = async { shutdown.cancelled().await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!("calls were still in flight after {DRAIN:?}");
            Ok(())
        }
    }
}
