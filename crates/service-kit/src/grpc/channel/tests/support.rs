//! Replicas, networks with faults, and names whose addresses change.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::Service;

use crate::grpc::channel::network::Network;
use crate::grpc::channel::peer::{Peer, Security};
use crate::grpc::channel::pool::Pool;
use crate::grpc::channel::resolve::Resolve;
use crate::grpc::channel::times::Times;
use crate::grpc::channel::{Channel, Kind};
use crate::grpc::server::serve_on;
pub(super) use crate::grpc::test_service::{PATIENCE, eventually};
use crate::grpc::test_service::{code, request};
use crate::{Shutdown, tls::Tls};

const REPLICA: &str = "replica";

/// A port of a loopback address with this last number, so that each replica has an address of its own.
pub(super) async fn listen(host: u8) -> TcpListener {
    let address = Ipv4Addr::new(127, 0, 0, host);
    TcpListener::bind((address, 0)).await.unwrap()
}

/// A server of a small gRPC service.
#[derive(Debug)]
pub(super) struct Replica {
    pub(super) address: SocketAddr,
    pub(super) calls: Arc<AtomicUsize>,
    stop: Shutdown,
    server: JoinHandle<()>,
}

impl Replica {
    pub(super) async fn start(host: u8) -> Self {
        Self::over(listen(host).await, Code::Ok, None)
    }

    /// A replica that answers every call with this code.
    pub(super) async fn answering(host: u8, code: Code) -> Self {
        Self::over(listen(host).await, code, None)
    }

    pub(super) fn over(socket: TcpListener, code: Code, tls: Option<Tls>) -> Self {
        let address = socket.local_addr().unwrap();
        let (calls, stop) = (Arc::default(), Shutdown::new());
        let service = Small {
            address,
            code,
            calls: Arc::clone(&calls),
        };
        let routes = Routes::new(service).add_service(Echo);
        let server = serve_on(socket, tls, routes, stop.clone());
        let server = tokio::spawn(async move { server.await.unwrap() });
        Self {
            address,
            calls,
            stop,
            server,
        }
    }

    /// Stops it like SIGTERM.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        timeout(PATIENCE, self.server).await.unwrap().unwrap();
    }

    /// Stops, and serves again at the same address.
    pub(super) async fn restart(self) -> Self {
        let address = self.address;
        self.stop().await;
        Self::over(TcpListener::bind(address).await.unwrap(), Code::Ok, None)
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[derive(Debug, Clone)]
struct Small {
    address: SocketAddr,
    code: Code,
    calls: Arc<AtomicUsize>,
}

impl NamedService for Small {
    const NAME: &'static str = "test.Test";
}

impl Service<Request<Body>> for Small {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let status = Status::new(self.code, "as asked");
        let mut answer = status.into_http::<Body>();
        let address = HeaderValue::from_str(&self.address.to_string()).unwrap();
        answer.headers_mut().insert(REPLICA, address);
        match request.uri().path() {
            "/test.Test/Hang" => std::future::pending().boxed(),
            "/test.Test/Slow" => async move {
                sleep(Duration::from_millis(20)).await;
                Ok(answer)
            }
            .boxed(),
            _ => ready(Ok(answer)).boxed(),
        }
    }
}

/// Answers with the request. It has the name of a service with a method that takes long messages.
#[derive(Debug, Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "doorward.client_registry.v1.ClientRegistryService";
}

impl Service<Request<Body>> for Echo {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = Status::ok("").into_http::<Body>();
        ready(Ok(answer.map(|_: Body| request.into_body())))
    }
}

/// A network between a channel and a replica, in which faults can be made.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) address: SocketAddr,
    /// Accepted connections.
    pub(super) connections: Arc<AtomicUsize>,
    state: watch::Sender<State>,
    _task: JoinSet<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// Nothing arrives any more, and connections are still accepted.
    Silent,
    /// All connections are reset, and none is accepted.
    Dead,
}

impl Wire {
    pub(super) async fn to(replica: SocketAddr, host: u8, state: State) -> Self {
        let socket = listen(host).await;
        let address = socket.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (state, states) = watch::channel(state);
        let mut task = JoinSet::new();
        task.spawn(carry(socket, replica, states, Arc::clone(&connections)));
        Self {
            address,
            connections,
            state,
            _task: task,
        }
    }

    pub(super) fn become_(&self, state: State) {
        self.state.send_replace(state);
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn carry(
    socket: TcpListener,
    replica: SocketAddr,
    mut states: watch::Receiver<State>,
    connections: Arc<AtomicUsize>,
) {
    let mut pipes = JoinSet::new();
    let to_death = states.clone();
    tokio::select! {
        () = async {
            loop {
                let Ok((near, _)) = socket.accept().await else { continue };
                connections.fetch_add(1, Ordering::SeqCst);
                let far = TcpStream::connect(replica).await.unwrap();
                let (near, far) = (near.into_split(), far.into_split());
                pipes.spawn(pipe(near.0, far.1, states.clone()));
                pipes.spawn(pipe(far.0, near.1, states.clone()));
            }
        } => {}
        () = dead(to_death) => {}
    }
    drop(socket);
    pipes.shutdown().await;
    let _ = states.wait_for(|_| false).await;
}

async fn dead(mut states: watch::Receiver<State>) {
    let _ = states.wait_for(|state| *state == State::Dead).await;
}

async fn pipe(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut states: watch::Receiver<State>,
) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut bytes).await else {
            return;
        };
        if states
            .wait_for(|state| *state == State::Open)
            .await
            .is_err()
            || to.write_all(&bytes[..count]).await.is_err()
        {
            return;
        }
    }
}

/// A name whose addresses change.
#[derive(Debug, Default)]
pub(super) struct Name(Mutex<Option<Vec<SocketAddr>>>);

impl Name {
    pub(super) fn of(addresses: &[SocketAddr]) -> Arc<Self> {
        let name = Arc::new(Self::default());
        name.set(addresses);
        name
    }

    pub(super) fn set(&self, addresses: &[SocketAddr]) {
        *self.0.lock().unwrap() = Some(addresses.to_vec());
    }

    /// Makes every lookup fail.
    pub(super) fn fail(&self) {
        *self.0.lock().unwrap() = None;
    }
}

impl Resolve for Name {
    fn resolve(&self) -> BoxFuture<'_, io::Result<Vec<Peer>>> {
        let found = self.0.lock().unwrap().clone();
        let found = found.map(|found| found.into_iter().map(Peer::Tcp).collect());
        ready(found.ok_or_else(|| io::Error::other("no DNS"))).boxed()
    }

    fn changes(&self) -> bool {
        true
    }
}

/// Look-ups follow fast, everything else as it is outside of tests.
pub(super) fn times() -> Times {
    Times {
        resolve: Duration::from_millis(20),
        resolve_again: Duration::from_millis(10),
        ..Times::default()
    }
}

pub(super) fn channel(name: &Arc<Name>, times: Times) -> Channel {
    secure_channel(name, times, None)
}

pub(super) fn secure_channel(
    name: &Arc<Name>,
    times: Times,
    security: Option<Security>,
) -> Channel {
    let pool = Pool::new("test", security, times);
    let resolver: Arc<dyn Resolve> = Arc::<Name>::clone(name);
    Channel(Kind::Network(Network::new(pool, resolver)))
}

/// Makes a call, and returns the address of the replica that answered.
pub(super) async fn call(channel: &Channel, method: &str) -> Result<SocketAddr, Status> {
    call_within(channel, method, PATIENCE).await
}

/// Makes a call with this deadline.
pub(super) async fn call_within(
    channel: &Channel,
    method: &str,
    limit: Duration,
) -> Result<SocketAddr, Status> {
    let mut channel = channel.clone();
    let answer = channel.call(request(method, Some(limit))).await?;
    match code(&answer) {
        Code::Ok => Ok(answer.headers()[REPLICA].to_str().unwrap().parse().unwrap()),
        _ => Err(Status::from_header_map(answer.headers()).unwrap()),
    }
}

/// Waits until each of the replicas has answered.
pub(super) async fn all_answer(channel: &Channel, replicas: &[&Replica]) {
    for replica in replicas {
        eventually(async || call(channel, "Answer").await.unwrap() == replica.address).await;
    }
}

/// Waits until only this replica gets calls: one that still got calls would have been chosen.
pub(super) async fn only_answers(channel: &Channel, replica: &Replica) {
    let is_alone = async || {
        for _ in 0..30 {
            if !call(channel, "Answer")
                .await
                .is_ok_and(|by| by == replica.address)
            {
                return false;
            }
        }
        true
    };
    eventually(is_alone).await;
}
