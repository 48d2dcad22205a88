//! Listening, with or without TLS, and draining.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use doorward_service_kit::{Shutdown, StartError};
use hyper_util::rt::TokioTimer;

use crate::config::{HttpConfig, TlsFiles};

/// A request that is being answered when the process shall stop has this long.
const DRAIN: Duration = Duration::from_secs(20);
/// How long the headers of a request may take to arrive.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Serves until `shutdown`, then lets requests in flight finish.
pub(crate) async fn serve(
    config: &HttpConfig,
    router: Router,
    shutdown: Shutdown,
) -> Result<(), StartError> {
    let listener = listen(config.listen)?;
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        shutdown.cancelled().await;
        stopping.graceful_shutdown(Some(DRAIN));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let issuer = &config.issuer;
    let served = if let Some(files) = config.tls_files()? {
        let tls = tls(&files).await?;
        tracing::info!(address = %config.listen, %issuer, "serving HTTPS");
        let server = axum_server::from_tcp_rustls(listener, tls).map_err(unusable)?;
        let mut server = server.handle(handle);
        limit(server.http_builder());
        server.serve(service).await
    } else {
        tracing::info!(address = %config.listen, %issuer, "serving HTTP");
        let mut server = axum_server::from_tcp(listener)
            .map_err(unusable)?
            .handle(handle);
        limit(server.http_builder());
        server.serve(service).await
    };
    served.map_err(unusable)
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    listener.map_err(|source| {
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

fn limit<E>(builder: &mut hyper_util::server::conn::auto::Builder<E>) {
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(Duration::from_secs(30)));
}

fn unusable(source: std::io::Error) -> StartError {
    StartError::Unusable("the HTTP server stopped", source.into())
}
