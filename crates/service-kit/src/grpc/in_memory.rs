//! Generated clients and servers in one process, over in-memory streams: the code between is the same as over TCP.

use std::io;

use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint, Uri};
use tower::service_fn;

use super::calls::Calls;
use crate::Shutdown;

const BUFFER_BYTES: usize = 64 * 1024;

/// Serves the routes inside this process until `shutdown`, and returns the only way to call them.
#[must_use]
pub fn in_memory(routes: Routes, shutdown: Shutdown) -> Channel {
    let (connections, accepted) = mpsc::channel::<DuplexStream>(16);
    tokio::spawn(async move {
        let incoming = ReceiverStream::new(accepted).map(Ok::<_, io::Error>);
        let served = tonic::transport::Server::builder()
            .serve_with_incoming_shutdown(Calls::new(routes), incoming, shutdown.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "an in-process service stopped");
        }
    });
    Endpoint::from_static("http://in-memory").connect_with_connector_lazy(service_fn(
        move |_: Uri| {
            let connections = connections.clone();
            async move {
                let (near, far) = tokio::io::duplex(BUFFER_BYTES);
                connections
                    .send(far)
                    .await
                    .map_err(|_| io::Error::from(io::ErrorKind::ConnectionRefused))?;
                Ok::<_, io::Error>(TokioIo::new(near))
            }
        },
    ))
}
