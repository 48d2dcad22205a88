//! gRPC over real sockets.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::timeout;
use tonic::Code;
use tonic::service::Routes;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tower::{Service, ServiceExt};

use super::server::incoming;
use super::test_service::{PATIENCE, TestService, code, eventually, request};
use super::{GrpcConfig, NoStore, ServeError, Server, StoreHealth, connect};
use crate::Shutdown;

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

async fn health(path: &Path, service: &str) -> Result<ServingStatus, tonic::Status> {
    let channel = connect(&format!("unix:{}", path.display()), "test", None).unwrap();
    let service = service.to_owned();
    let mut client = HealthClient::new(channel);
    let answer = client.check(HealthCheckRequest { service }).await?;
    Ok(answer.into_inner().status())
}

#[tokio::test]
async fn a_unix_socket_is_served_called_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    let shutdown = Shutdown::new();
    let (config, stopping) = (config(&path), shutdown.clone());
    let server = || Server::new(&config, None).unwrap();
    let refused = health(&path, "").await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);

    let task = tokio::spawn(server().serve("test", Routes::default(), NoStore, stopping));
    eventually(async || health(&path, "").await.is_ok()).await;

    let second = server().serve("test", Routes::default(), NoStore, Shutdown::new());
    let refused = second.await;
    assert!(
        matches!(refused, Err(ServeError::Bind { .. })),
        "{refused:?}"
    );
    assert_eq!(health(&path, "").await.unwrap(), ServingStatus::Serving);

    shutdown.cancel();
    timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
    assert!(!path.exists());
    assert!(UnixStream::connect(&path).await.is_err());
}

#[tokio::test]
async fn a_stop_waits_for_calls_in_flight() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    let (service, shutdown) = (TestService::default(), Shutdown::new());
    let pauses = service.pauses.clone();
    let server = Server::new(&config(&path), None).unwrap();
    let task = server.serve("test", Routes::new(service), NoStore, shutdown.clone());
    let task = tokio::spawn(task);
    eventually(async || health(&path, "").await.is_ok()).await;

    let mut channel = connect(&format!("unix:{}", path.display()), "test", None).unwrap();
    let call = async { channel.ready().await?.call(request("Wait", None)).await };
    let (answer, ()) = tokio::join!(call, async {
        pauses.begun.notified().await;
        shutdown.cancel();
        eventually(async || UnixStream::connect(&path).await.is_err()).await;
        assert!(!task.is_finished());
        pauses.end.notify_one();
    });
    assert_eq!(code(&answer.unwrap()), Code::Ok);
    timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
}

#[test]
fn plain_grpc_stays_on_the_machine() {
    let server = |listen: &str| {
        let listen = listen.to_owned().try_into().unwrap();
        Server::new(&GrpcConfig { listen }, None)
    };
    for listen in ["127.0.0.1:0", "[::1]:0", "unix:/run/a.sock"] {
        assert!(server(listen).is_ok(), "{listen}");
    }
    for listen in ["0.0.0.0:0", "10.0.0.1:7001", "[::]:0"] {
        let error = server(listen).unwrap_err().to_string();
        assert!(error.contains("grpc.listen"), "{error}");
    }
}

#[derive(Clone, Default)]
struct Switch(Arc<AtomicBool>);

impl StoreHealth for Switch {
    async fn answers(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The process is well while its store is not: what it holds must not be thrown away by a restart.
#[tokio::test]
async fn health_is_that_of_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    let (store, shutdown) = (Switch::default(), Shutdown::new());
    let server = Server::new(&config(&path), None).unwrap();
    let task = server.serve("test", Routes::default(), store.clone(), shutdown.clone());
    let task = tokio::spawn(task);
    for answers in [false, true, false] {
        store.0.store(answers, Ordering::Relaxed);
        let expected = if answers {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        eventually(async || health(&path, "test").await.is_ok_and(|is| is == expected)).await;
        assert_eq!(health(&path, "").await.unwrap(), ServingStatus::Serving);
    }
    shutdown.cancel();
    timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
}
