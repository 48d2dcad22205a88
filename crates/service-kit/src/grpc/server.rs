//! The gRPC server of a service process.

use std::io;
use std::time::Duration;

use futures::{Stream, stream};
use http::Request;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::server::Connected;
use tonic_health::server::HealthReporter;
use tracing::field::display;
use tracing::{Span, info_span};

use super::GrpcAddress;
use super::callers::Callers;
use super::calls::Calls;
use super::health::{self, StoreHealth};
use super::secure::secured;
use super::unix::PrivateSocket;
use crate::Shutdown;
use crate::config::ConfigError;
use crate::connections::{Accept, ConnectionLimits, GuardedStream, Listener};
use crate::open_files::{OpenFiles, allowed_open_files};
use crate::tls::Tls;
use crate::trace::Parent;

/// In-flight calls may take this long once the process shall stop.
const DRAIN: Duration = Duration::from_secs(20);
const MAX_STREAMS_PER_CONNECTION: u32 = 1024;
/// All metadata of a call, with 32 bytes for each field (RFC 9113 §6.5.2).
const MAX_METADATA_BYTES: u32 = 16 * 1024;
/// The peers are a few processes of ours, with one connection each.
const MAX_CONNECTIONS: usize = 1024;
/// From accepting a connection to the preface of HTTP/2.
const PREFACE: Duration = Duration::from_secs(5);

/// The `[grpc]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrpcConfig {
    /// Where to serve gRPC: `unix:/PATH` for a socket that only the same user can connect to, or a loopback address
    /// such as `127.0.0.1:7001`, to which every local user can. With a `[tls]` section any address: on a TCP port,
    /// only peers with an accepted certificate are served then.
    pub listen: GrpcAddress,
}

/// Serving failed.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("grpc.listen {address}")]
    Bind {
        /// Which one.
        address: GrpcAddress,
        /// Why.
        source: io::Error,
    },
    /// The server broke down.
    #[error("the gRPC server stopped")]
    Transport(#[from] tonic::transport::Error),
}

/// The gRPC server of a process. Its settings were checked when it was made.
#[derive(Debug)]
pub struct Server {
    listen: GrpcAddress,
    tls: Option<Tls>,
}

impl Server {
    /// Refuses settings that would put plain gRPC on a network.
    pub fn new(config: &GrpcConfig, tls: Option<&Tls>) -> Result<Self, ConfigError> {
        match &config.listen {
            GrpcAddress::Tcp(address) if tls.is_none() && !address.ip().is_loopback() => {
                let problem = format!(
                    "{address} is not a loopback address; set tls.certificate, tls.key and tls.ca to serve other addresses by mutual TLS"
                );
                Err(ConfigError::invalid("grpc.listen", problem))
            }
            listen => Ok(Self {
                listen: listen.clone(),
                tls: tls.cloned(),
            }),
        }
    }

    /// Serves the routes and `grpc.health.v1` until `shutdown`, then lets calls in flight finish. `service` is the full
    /// name of the gRPC service; its health is that of `store`.
    pub async fn serve(
        self,
        service: &'static str,
        routes: Routes,
        store: impl StoreHealth,
        shutdown: Shutdown,
    ) -> Result<(), ServeError> {
        let bind = |source| ServeError::Bind {
            address: self.listen.clone(),
            source,
        };
        let served = |callers| Served::new(service, routes, callers, store, shutdown);
        let open_files = allowed_open_files();
        match &self.listen {
            GrpcAddress::Tcp(address) => {
                let socket = TcpListener::bind(address).await.map_err(bind)?;
                let address = socket.local_addr().map_err(bind)?;
                // mutant: plain-grpc-served
                let Some(tls) = self.tls else {
                    tracing::info!(%address, open_files, "serving gRPC, to every user of this machine");
                    return served(Callers::Local).over(incoming(socket, PREFACE)).await;
                };
                let names = tls.names().join(" ");
                tracing::info!(%address, open_files, names, "serving gRPC by mutual TLS");
                let secured = secured(listener(socket), tls, PREFACE);
                served(Callers::Named).over(Box::pin(secured)).await
            }
            GrpcAddress::Unix(path) => {
                let socket = PrivateSocket::bind(path).map_err(bind)?;
                tracing::info!(address = %self.listen, open_files, "serving gRPC");
                served(Callers::Local).over(incoming(socket, PREFACE)).await
            }
        }
    }
}

/// Everything that is served, but for the socket.
struct Served<S> {
    service: &'static str,
    calls: Calls,
    health: HealthReporter,
    store: S,
    shutdown: Shutdown,
}

impl<S: StoreHealth> Served<S> {
    fn new(
        service: &'static str,
        routes: Routes,
        callers: Callers,
        store: S,
        shutdown: Shutdown,
    ) -> Self {
        let (health, health_service) = tonic_health::server::health_reporter();
        Self {
            service,
            calls: Calls::new(routes.add_service(health_service), callers),
            health,
            store,
            shutdown,
        }
    }

    async fn over<C>(self, incoming: impl Stream<Item = io::Result<C>>) -> Result<(), ServeError>
    where
        C: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    {
        let reported = health::report(self.health, self.service, self.store, self.shutdown.clone());
        let served = transport().serve_with_incoming_shutdown(self.calls, incoming, reported);
        tokio::select! {
            result = served => Ok(result?),
            () = async { self.shutdown.cancelled().await; tokio::time::sleep(DRAIN).await } => {
                tracing::warn!("calls were still in flight after {DRAIN:?}");
                Ok(())
            }
        }
    }
}

/// The span around a call that came over a socket. In one process there is none: the call runs in the span of its
/// caller.
fn span(request: &Request<()>) -> Span {
    let parent = Parent::read(request.headers());
    let trace_id = parent.map(|parent| display(parent.trace_id));
    info_span!("call", method = request.uri().path(), trace_id)
}

/// HTTP/2 with the limits that all services share.
fn transport() -> tonic::transport::Server {
    tonic::transport::Server::builder()
        .trace_fn(span)
        .max_concurrent_streams(MAX_STREAMS_PER_CONNECTION)
        // mutant: many-metadata-fields-accepted
        .http2_max_header_list_size(MAX_METADATA_BYTES)
        .http2_keepalive_interval(Some(Duration::from_secs(10)))
        .http2_keepalive_timeout(Some(Duration::from_secs(5)))
}

/// Connections within limits, with `TCP_NODELAY`: tonic sets no options on sockets that it did not accept itself,
/// [`Accept`] does. Nothing is asked of the peer: this is for sockets that only this machine reaches.
pub(super) fn incoming<A: Accept>(
    socket: A,
    preface: Duration,
) -> impl Stream<Item = io::Result<GuardedStream<A::Stream>>> {
    stream::unfold(listener(socket), move |mut listener| async move {
        let (stream, _peer) = listener.next().await;
        Some((Ok(stream.with_preface_within(preface)), listener))
    })
}

pub(super) fn listener<A: Accept>(socket: A) -> Listener<A> {
    let limits = ConnectionLimits {
        max: MAX_CONNECTIONS,
        max_per_address: MAX_CONNECTIONS,
        ..ConnectionLimits::default()
    };
    Listener::with_part("grpc", socket, limits, vec![], OpenFiles::Quarter)
}

/// Serves routes on a socket of a test as a process would, until `shutdown`.
#[cfg(test)]
pub(super) async fn serve_on(
    socket: TcpListener,
    tls: Option<Tls>,
    routes: Routes,
    shutdown: Shutdown,
) -> Result<(), ServeError> {
    let served = Served::new("test", routes, Callers::Local, super::NoStore, shutdown);
    match tls {
        None => served.over(incoming(socket, PREFACE)).await,
        Some(tls) => {
            let secured = secured(listener(socket), tls, PREFACE);
            served.over(Box::pin(secured)).await
        }
    }
}
