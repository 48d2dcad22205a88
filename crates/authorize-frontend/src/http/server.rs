//! Listens, with or without TLS.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use doorward_service_kit::connections::http::{self as connections, Incoming};
use doorward_service_kit::connections::{GuardedStream, Listener};
use doorward_service_kit::{Shutdown, StartError, allowed_open_files};
use http::Request;
use tokio::net::{TcpListener, TcpStream};
use tower::{Service, ServiceExt};

use crate::config::{HttpConfig, TlsFiles};

/// Serves until `shutdown`, then lets requests in flight finish.
pub(crate) async fn serve(
    config: &HttpConfig,
    router: Router,
    shutdown: Shutdown,
) -> Result<(), StartError> {
    let socket = listen(config.listen).await?;
    let (limits, proxies) = (config.connections, config.trusted_proxies.clone());
    let listener = Listener::new("http", socket, limits, proxies);
    let service = move |peer| from(peer, router.clone());
    let issuer = &config.issuer;
    let open_files = allowed_open_files();
    if let Some(files) = config.tls_files()? {
        // The limits of the connection include the handshake, and apply first.
        let patience = 2 * Duration::from_millis(config.connections.first_request_ms);
        let acceptor = RustlsAcceptor::new(tls(&files).await?).handshake_timeout(patience);
        let handshake = move |stream: GuardedStream<TcpStream>| {
            let shaken = acceptor.accept(stream, ());
            async move { shaken.await.map(|(stream, _)| stream) }
        };
        tracing::info!(address = %config.listen, %issuer, open_files, "serving HTTPS");
        connections::serve(listener, handshake, service, shutdown).await;
    } else {
        tracing::info!(address = %config.listen, %issuer, open_files, "serving HTTP");
        connections::serve(listener, connections::plain, service, shutdown).await;
    }
    Ok(())
}

/// The router, for requests of one peer.
fn from(
    peer: SocketAddr,
    router: Router,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send + 'static>
+ Clone
+ Send {
    router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| {
        tracing::error!(%address, "the address cannot be listened on");
        StartError::Unusable("the address to listen on cannot be used", source.into())
    })
}

async fn tls(files: &TlsFiles<'_>) -> Result<RustlsConfig, StartError> {
    RustlsConfig::from_pem_file(files.cert, files.key)
        .await
        .map_err(|source| {
            StartError::Unusable("the TLS certificate or key cannot be used", source.into())
        })
}
