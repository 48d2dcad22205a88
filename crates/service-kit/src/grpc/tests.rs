//! gRPC over real sockets.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::{sleep, timeout};
use tonic::Code;
use tonic::service::Routes;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use super::serve::incoming;
use super::{GrpcConfig, ServeError, connect, serve};
use crate::Shutdown;

const PATIENCE: Duration = Duration::from_secs(30);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

async fn listen() -> (TcpListener, SocketAddr) {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// Without it an answer of more than 256 bytes, which leaves in two writes, takes 44 ms.
#[tokio::test]
async fn accepted_sockets_send_at_once() {
    let (socket, address) = listen().await;
    let mut accepted = pin!(incoming(socket, PATIENCE));
    let _peer = TcpStream::connect(address).await.unwrap();
    let stream = accepted.next().await.unwrap().unwrap();
    assert!(stream.get_ref().nodelay().unwrap());
}

#[tokio::test]
async fn sec_197_a_preface_is_not_waited_for() {
    let (socket, address) = listen().await;
    let mut accepted = pin!(incoming(socket, Duration::from_millis(50)));
    for bytes in [&b""[..], &PREFACE[..10], PREFACE] {
        let mut peer = TcpStream::connect(address).await.unwrap();
        peer.write_all(bytes).await.unwrap();
        let mut stream = accepted.next().await.unwrap().unwrap();
        let mut read = Vec::new();
        let error = timeout(PATIENCE, stream.read_to_end(&mut read)).await;
        let error = error.unwrap().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    }
}

fn config(path: &Path) -> GrpcConfig {
    let listen = format!("unix:{}", path.display()).try_into().unwrap();
    GrpcConfig { listen }
}

async fn is_well(path: &Path) -> Result<(), tonic::Status> {
    let channel = connect(&format!("unix:{}", path.display())).unwrap();
    let request = HealthCheckRequest::default();
    HealthClient::new(channel).check(request).await.map(drop)
}

#[tokio::test]
async fn a_unix_socket_is_served_called_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    let shutdown = Shutdown::new();
    let (config, stopping) = (config(&path), shutdown.clone());
    config.validate().unwrap();
    let refused = is_well(&path).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);

    let second = config.clone();
    let served =
        tokio::spawn(async move { serve(&config, "test", Routes::default(), stopping).await });
    let answers = async {
        while is_well(&path).await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, answers).await.unwrap();

    let refused = serve(&second, "test", Routes::default(), Shutdown::new()).await;
    assert!(
        matches!(refused, Err(ServeError::Bind { .. })),
        "{refused:?}"
    );
    is_well(&path).await.unwrap();

    shutdown.cancel();
    timeout(PATIENCE, served).await.unwrap().unwrap().unwrap();
    assert!(!path.exists());
    assert!(UnixStream::connect(&path).await.is_err());
}
