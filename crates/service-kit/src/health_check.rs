//! `--check-health`: asks the running process with the same settings whether it serves.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tonic::Status;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::config::{self, ConfigError};
use crate::grpc::{ChannelError, GrpcAddress, GrpcConfig, connect};
use crate::reachable;
use crate::tls::{Tls, TlsConfig};

/// A busy process may take this long.
const PATIENCE: Duration = Duration::from_secs(2);
/// Any response to this will do. A server that expects TLS refuses it, and so shows that it runs.
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: health\r\nConnection: close\r\n\r\n";

/// The settings that say where a process serves; services have more.
#[derive(Debug, Deserialize)]
struct Settings {
    grpc: GrpcConfig,
    tls: Option<TlsConfig>,
    http: Option<Http>,
}

#[derive(Debug, Deserialize)]
struct Http {
    listen: SocketAddr,
}

/// Why a process is not healthy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unhealthy {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Channel(#[from] ChannelError),
    #[error("the async runtime cannot start")]
    Runtime(#[source] io::Error),
    #[error("not healthy: {address}: {}", status.message())]
    Call { address: String, status: Status },
    #[error("not healthy: {0} is not serving")]
    NotServing(String),
    #[error("not healthy: {0} does not answer in time")]
    Late(String),
    #[error("not healthy: http.listen {0}")]
    Http(SocketAddr, #[source] io::Error),
}

/// Checks the process of the service with this name in its certificate.
pub(crate) fn check(service: &'static str, config: Option<&Path>) -> Result<(), Unhealthy> {
    let settings: Settings = config::load(config)?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Unhealthy::Runtime)?
        .block_on(async {
            check_grpc(service, &settings).await?;
            match settings.http {
                Some(http) => check_http(reachable(http.listen)).await,
                None => Ok(()),
            }
        })
}

async fn check_grpc(service: &'static str, settings: &Settings) -> Result<(), Unhealthy> {
    let tls = Tls::load_if_set(settings.tls.as_ref())?;
    let address = match &settings.grpc.listen {
        GrpcAddress::Unix(_) => settings.grpc.listen.to_string(),
        GrpcAddress::Tcp(address) => {
            let scheme = if tls.is_some() { "https" } else { "http" };
            format!("{scheme}://{}", reachable(*address))
        }
    };
    let mut health = HealthClient::new(connect(&address, service, tls.as_ref())?);
    let asked = health.check(HealthCheckRequest::default());
    match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) if answer.get_ref().status() == ServingStatus::Serving => Ok(()),
        Ok(Ok(_)) => Err(Unhealthy::NotServing(address)),
        Ok(Err(status)) => Err(Unhealthy::Call { address, status }),
        Err(_) => Err(Unhealthy::Late(address)),
    }
}

async fn check_http(address: SocketAddr) -> Result<(), Unhealthy> {
    match timeout(PATIENCE, ask(address)).await {
        Ok(answered) => answered.map_err(|error| Unhealthy::Http(address, error)),
        Err(_) => Err(Unhealthy::Late(address.to_string())),
    }
}

/// Waits for the first byte, or for the end of the connection: the kernel accepts connections also for a process that
/// hangs.
async fn ask(address: SocketAddr) -> io::Result<()> {
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(REQUEST).await?;
    match connection.read(&mut [0]).await {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
        _ => Ok(()),
    }
}
