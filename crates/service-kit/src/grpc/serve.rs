//! The gRPC server of a service process.

use std::io;
use std::time::Duration;

use futures::{Stream, stream};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::Connected;
use tonic_health::ServingStatus;

use super::GrpcAddress;
use super::unix::PrivateSocket;
use crate::Shutdown;
use crate::config::ConfigError;
use crate::connections::{Accept, ConnectionLimits, GuardedStream, Listener};
use crate::open_files::{OpenFiles, allowed_open_files};

/// A call that its caller gave no deadline ends after this.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);
/// In-flight calls may take this long once the process shall stop.
const DRAIN: Duration = Duration::from_secs(20);
const MAX_STREAMS_PER_CONNECTION: u32 = 1024;
/// The peers are a few processes of ours, with one connection each.
const MAX_CONNECTIONS: usize = 1024;
/// From accepting a connection to the preface of HTTP/2.
const PREFACE: Duration = Duration::from_secs(5);

/// The `[grpc]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrpcConfig {
    /// Where to serve gRPC: `unix:/PATH` for a socket that only the same user can connect to, or a loopback address such
    /// as `127.0.0.1:7001`, to which every local user can. Other addresses need mutual TLS.
    pub listen: GrpcAddress,
}

impl GrpcConfig {
    /// Refuses what would put plain gRPC on a network.
    pub fn validate(&self) -> Result<(), ConfigError> {
        match &self.listen {
            GrpcAddress::Tcp(address) if !address.ip().is_loopback() => Err(ConfigError::invalid(
                "grpc.listen",
                format!(
                    "{address} is not a loopback address; other addresses need mutual TLS, which is not built yet"
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// Serving failed.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("grpc.listen {address}: {source}")]
    Bind {
        /// Which one.
        address: GrpcAddress,
        /// Why.
        source: io::Error,
    },
    /// The server broke down.
    #[error("the gRPC server stopped: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// A server with the limits that all services share.
pub(super) fn server() -> Server {
    Server::builder()
        .timeout(DEFAULT_DEADLINE)
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
        address: config.listen.clone(),
        source,
    };
    let open_files = allowed_open_files();
    match &config.listen {
        GrpcAddress::Tcp(address) => {
            let socket = TcpListener::bind(address).await.map_err(bind)?;
            let address = socket.local_addr().map_err(bind)?;
            tracing::info!(%address, open_files, "serving gRPC, to every user of this machine");
            serve_at(incoming(socket, PREFACE), service, routes, shutdown).await
        }
        GrpcAddress::Unix(path) => {
            let socket = PrivateSocket::bind(path).map_err(bind)?;
            tracing::info!(address = %config.listen, open_files, "serving gRPC");
            serve_at(incoming(socket, PREFACE), service, routes, shutdown).await
        }
    }
}

async fn serve_at<S>(
    incoming: impl Stream<Item = io::Result<S>>,
    service: &'static str,
    routes: Routes,
    shutdown: Shutdown,
) -> Result<(), ServeError>
where
    S: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
{
    let (mut health, health_service) = tonic_health::server::health_reporter();
    health
        .set_service_status(service, ServingStatus::Serving)
        .await;
    let stopping = shutdown.clone();
    let served = server()
        .add_routes(routes.add_service(health_service))
        .serve_with_incoming_shutdown(incoming, async move {
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

/// Connections within limits. tonic sets no options on sockets that it did not accept itself: [`Accept`] does.
pub(super) fn incoming<A: Accept>(
    socket: A,
    preface: Duration,
) -> impl Stream<Item = io::Result<GuardedStream<A::Stream>>> {
    let limits = ConnectionLimits {
        max: MAX_CONNECTIONS,
        max_per_address: MAX_CONNECTIONS,
        ..ConnectionLimits::default()
    };
    let listener = Listener::with_part("grpc", socket, limits, vec![], OpenFiles::Quarter);
    stream::unfold(listener, move |mut listener| async move {
        let (stream, _peer) = listener.next().await;
        Some((Ok(stream.with_preface_within(preface)), listener))
    })
}
