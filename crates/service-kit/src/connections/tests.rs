//! Peers that misbehave, one kind after the other, against limits of milliseconds.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ::http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tower::service_fn;

use super::http::{Incoming, plain, serve};
use super::{Accept, ConnectionLimits, Listener};
use crate::Shutdown;

/// For what is certain to happen.
const PATIENCE: Duration = Duration::from_secs(30);
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: test\r\n\r\n";
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
const SETTINGS_ACK: [u8; 9] = [0, 0, 0, 4, 1, 0, 0, 0, 0];
/// More than the buffers of two sockets hold.
const LARGE: usize = 64 * 1024 * 1024;

/// Nothing is late unless a test says so.
fn patient() -> ConnectionLimits {
    ConnectionLimits {
        max: 100,
        max_per_address: 100,
        first_request_ms: 600_000,
        head_ms: 600_000,
        request_ms: 600_000,
        idle_ms: 600_000,
        write_ms: 600_000,
        age_ms: 600_000,
    }
}

/// Answers "hello"; at `/large` with more than anybody takes at once; at `/gate` when the gate is open.
struct Server {
    address: SocketAddr,
    /// A permit for each request that has come to the gate.
    waiting: Arc<Semaphore>,
    gate: Arc<Semaphore>,
    shutdown: Shutdown,
}

impl Server {
    async fn start(limits: ConnectionLimits) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let server = Self {
            address: socket.local_addr().unwrap(),
            waiting: Arc::new(Semaphore::new(0)),
            gate: Arc::new(Semaphore::new(0)),
            shutdown: Shutdown::new(),
        };
        let exempt = vec![IpAddr::from([127, 0, 0, 9]).into()];
        let listener = Listener::new("test", socket, limits, exempt);
        let (waiting, gate) = (Arc::clone(&server.waiting), Arc::clone(&server.gate));
        let service = service_fn(move |request: Request<Incoming>| {
            let (waiting, gate) = (Arc::clone(&waiting), Arc::clone(&gate));
            async move {
                let body = match request.uri().path() {
                    "/large" => "x".repeat(LARGE),
                    "/gate" => {
                        waiting.add_permits(1);
                        drop(gate.acquire().await);
                        "hello".to_owned()
                    }
                    _ => "hello".to_owned(),
                };
                Ok::<_, Infallible>(Response::new(body))
            }
        });
        let shutdown = server.shutdown.clone();
        tokio::spawn(serve(listener, plain, move |_| service.clone(), shutdown));
        server
    }

    /// Connections from that address of this host, each with a request that stands before the gate.
    async fn busy(&self, last: u8, count: u32) -> Vec<TcpStream> {
        let mut busy = Vec::new();
        for _ in 0..count {
            let mut stream = connect_from(last, self.address).await;
            let request = b"GET /gate HTTP/1.1\r\nhost: a\r\n\r\n";
            stream.write_all(request).await.unwrap();
            busy.push(stream);
        }
        let all = timeout(PATIENCE, self.waiting.acquire_many(count)).await;
        all.unwrap().unwrap().forget();
        busy
    }
}

async fn start(limits: ConnectionLimits) -> SocketAddr {
    Server::start(limits).await.address
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

async fn connect_from(last: u8, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::from(([127, 0, 0, last], 0)))
        .unwrap();
    socket.connect(address).await.unwrap()
}

/// Sends a request and reads its answer, if there is one.
async fn ask(stream: &mut TcpStream) -> String {
    if stream.write_all(GET).await.is_err() {
        return String::new();
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"hello") {
        match timeout(PATIENCE, stream.read_buf(&mut answer))
            .await
            .unwrap()
        {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    String::from_utf8(answer).unwrap()
}

async fn is_served(address: SocketAddr) -> bool {
    ask(&mut connect(address).await).await.ends_with("hello")
}

/// Reads until the server closes the connection.
async fn until_closed(stream: TcpStream) {
    received(stream).await;
}

async fn sending(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = connect(address).await;
    stream.write_all(bytes).await.unwrap();
    stream
}

#[tokio::test]
async fn accepted_sockets_send_at_once() {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let mut listener = Listener::new("test", socket, patient(), vec![]);
    let _peer = connect(address).await;
    let (stream, _) = listener.next().await;
    assert!(stream.get_ref().nodelay().unwrap());
}

#[tokio::test]
async fn sec_197_a_first_request_is_not_waited_for() {
    let limits = ConnectionLimits {
        first_request_ms: 100,
        ..patient()
    };
    let address = start(limits).await;
    let settings = [PREFACE, &SETTINGS, &SETTINGS_ACK].concat();
    for bytes in [&b""[..], b"GET / HT", &PREFACE[..10], PREFACE, &settings] {
        until_closed(sending(address, bytes).await).await;
    }
    assert!(is_served(address).await);
}

#[tokio::test]
async fn sec_197_a_trickle_is_not_a_request() {
    let limits = ConnectionLimits {
        first_request_ms: 100,
        head_ms: 100,
        ..patient()
    };
    let address = start(limits).await;
    let trickle = async |mut stream: TcpStream| {
        let begin = Instant::now();
        while stream.write_all(b"a").await.is_ok() {
            assert!(begin.elapsed() < PATIENCE, "it is closed");
            sleep(Duration::from_millis(10)).await;
        }
    };
    trickle(connect(address).await).await;
    let mut used = connect(address).await;
    assert!(ask(&mut used).await.ends_with("hello"));
    trickle(used).await;
}

#[tokio::test]
async fn sec_197_an_unused_connection_is_closed() {
    let limits = ConnectionLimits {
        idle_ms: 100,
        ..patient()
    };
    let mut used = connect(start(limits).await).await;
    assert!(ask(&mut used).await.ends_with("hello"));
    until_closed(used).await;
}

/// A HEADERS frame for `GET /` of the host `a` (RFC 7541, without Huffman codes).
fn h2_request() -> Vec<u8> {
    let block = [0x82, 0x86, 0x84, 0x41, 1, b'a'];
    [&[0, 0, 6, 1, 5, 0, 0, 0, 1], &block[..]].concat()
}

#[tokio::test]
async fn sec_197_pings_keep_no_connection() {
    let limits = ConnectionLimits {
        idle_ms: 200,
        ..patient()
    };
    let hello = [PREFACE, &SETTINGS, &SETTINGS_ACK, &h2_request()].concat();
    let stream = sending(start(limits).await, &hello).await;
    let (mut reads, mut writes) = stream.into_split();
    let ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    let pinging = tokio::spawn(async move {
        while writes.write_all(&ping).await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answers = Vec::new();
    let closed = async {
        while reads
            .read_buf(&mut answers)
            .await
            .is_ok_and(|count| count > 0)
        {}
    };
    timeout(PATIENCE, closed).await.expect("it is closed");
    let has = |text: &[u8]| answers.windows(text.len()).any(|window| window == text);
    assert!(has(b"hello"), "the request was answered");
    // GOAWAY: type 7, no flags, stream 0.
    assert!(has(&[7, 0, 0, 0, 0, 0]), "the peer is told: {answers:?}");
    timeout(PATIENCE, pinging).await.unwrap().unwrap();
}

#[tokio::test]
async fn who_does_not_read_is_cut_off() {
    let limits = ConnectionLimits {
        write_ms: 200,
        ..patient()
    };
    let stream = sending(
        start(limits).await,
        b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n",
    )
    .await;
    // Until the server has given up, so that what comes is less than all.
    until_writing_fails(&stream).await;
    assert!(received(stream).await.len() < LARGE);
}

#[tokio::test]
async fn who_reads_slowly_is_cut_off() {
    let limits = ConnectionLimits {
        write_ms: 300,
        ..patient()
    };
    let mut stream = sending(
        start(limits).await,
        b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n",
    )
    .await;
    let mut buffer = [0; 1000];
    let begin = Instant::now();
    while stream.read_exact(&mut buffer).await.is_ok() {
        assert!(begin.elapsed() < PATIENCE, "it is closed");
        sleep(Duration::from_millis(5)).await;
        if stream.write_all(b"x").await.is_err() {
            break;
        }
    }
    assert!(received(stream).await.len() < LARGE);
}

/// Bytes to a socket that the peer has closed with data unread are answered by a reset.
async fn until_writing_fails(stream: &TcpStream) {
    let begin = Instant::now();
    loop {
        stream.writable().await.unwrap();
        if stream
            .try_write(b"x")
            .is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock)
        {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "it is closed");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the peer has not closed the connection, on which everything was read.
fn is_open(stream: &TcpStream) -> bool {
    stream
        .try_read(&mut [0])
        .is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Everything until the server closes the connection, or resets it.
async fn received(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let all = async {
        while stream
            .read_buf(&mut bytes)
            .await
            .is_ok_and(|count| count > 0)
        {}
    };
    timeout(PATIENCE, all).await.expect("it is closed");
    bytes
}

#[tokio::test]
async fn a_request_ends_some_time() {
    let limits = ConnectionLimits {
        request_ms: 100,
        ..patient()
    };
    for stream in Server::start(limits).await.busy(1, 2).await {
        until_closed(stream).await;
    }
}

/// HTTP/2 has windows of its own: without room in them nothing is written, and no socket is full.
#[tokio::test]
async fn an_answer_that_is_not_let_in_ends_some_time() {
    let limits = ConnectionLimits {
        request_ms: 200,
        ..patient()
    };
    let no_window = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    let hello = [PREFACE, &no_window, &h2_request()].concat();
    until_closed(sending(start(limits).await, &hello).await).await;
}

#[tokio::test]
async fn an_old_connection_ends_after_an_answer() {
    let limits = ConnectionLimits {
        age_ms: 300,
        ..patient()
    };
    let mut stream = connect(start(limits).await).await;
    let begin = Instant::now();
    let mut answers = 0;
    while ask(&mut stream).await.ends_with("hello") {
        answers += 1;
        assert!(begin.elapsed() < PATIENCE, "it is closed");
        sleep(Duration::from_millis(10)).await;
    }
    assert!(answers > 0);
}

#[tokio::test]
async fn idle_connections_give_way() {
    let limits = ConnectionLimits {
        max: 5,
        ..patient()
    };
    let address = start(limits).await;
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(connect(address).await);
        idle.push(sending(address, PREFACE).await);
        assert!(is_served(address).await);
    }
    // All are still held by their peers, and most were closed by the server.
    for stream in idle.into_iter().take(30) {
        until_closed(stream).await;
    }
}

#[tokio::test]
async fn busy_connections_do_not_give_way() {
    let limits = ConnectionLimits {
        max: 2,
        request_ms: 1000,
        ..patient()
    };
    let server = Server::start(limits).await;
    let begin = Instant::now();
    let busy = server.busy(1, 2).await;
    // Waits until one of the two is late.
    assert!(is_served(server.address).await);
    assert!(begin.elapsed() >= Duration::from_millis(900));
    for stream in busy {
        until_closed(stream).await;
    }
}

#[tokio::test]
async fn one_address_does_not_take_all() {
    let limits = ConnectionLimits {
        max_per_address: 3,
        ..patient()
    };
    let address = start(limits).await;
    let mut other = connect_from(3, address).await;
    assert!(ask(&mut other).await.ends_with("hello"));
    let mut greedy = Vec::new();
    for _ in 0..10 {
        let mut stream = connect_from(2, address).await;
        assert!(ask(&mut stream).await.ends_with("hello"));
        greedy.push(stream);
    }
    let begin = Instant::now();
    while greedy.len() > 3 {
        assert!(begin.elapsed() < PATIENCE, "seven are closed");
        sleep(Duration::from_millis(5)).await;
        greedy.retain(is_open);
    }
    // Three of them and the other address keep theirs.
    for mut stream in greedy.into_iter().chain([other]) {
        assert!(ask(&mut stream).await.ends_with("hello"));
    }
}

#[tokio::test]
async fn an_address_whose_connections_are_all_busy_is_refused() {
    let limits = ConnectionLimits {
        max_per_address: 2,
        ..patient()
    };
    let server = Server::start(limits).await;
    let _busy = [server.busy(2, 2).await, server.busy(9, 3).await];
    let mut refused = connect_from(2, server.address).await;
    assert_eq!(ask(&mut refused).await, "");
    // Others, and a trusted proxy, are served.
    for last in [3, 9] {
        let mut stream = connect_from(last, server.address).await;
        assert!(ask(&mut stream).await.ends_with("hello"), "{last}");
    }
}

#[tokio::test]
async fn a_stop_waits_for_requests_and_for_nothing_else() {
    let server = Server::start(patient()).await;
    let address = server.address;
    let mut idle = vec![connect(address).await, sending(address, b"GET").await];
    idle.push(sending(address, PREFACE).await);
    let mut used = connect(address).await;
    assert!(ask(&mut used).await.ends_with("hello"));
    idle.push(used);
    let busy = server.busy(1, 1).await;
    server.shutdown.cancel();
    for stream in idle {
        until_closed(stream).await;
    }
    let gone = async { while TcpStream::connect(address).await.is_ok() {} };
    timeout(PATIENCE, gone).await.expect("nothing listens");
    server.gate.add_permits(1);
    for stream in busy {
        assert!(received(stream).await.ends_with(b"hello"));
    }
}

#[tokio::test]
async fn rel_25_requests_that_cross_a_stop_are_answered() {
    let server = Server::start(patient()).await;
    let mut used = connect(server.address).await;
    assert!(!ask(&mut used).await.contains("connection: close"));
    server.shutdown.cancel();
    for mut stream in [used, connect(server.address).await] {
        let answer = ask(&mut stream).await;
        assert!(answer.contains("connection: close"), "{answer}");
        assert!(answer.ends_with("hello"), "{answer}");
        until_closed(stream).await;
    }
    let gone = async { while TcpStream::connect(server.address).await.is_ok() {} };
    timeout(PATIENCE, gone).await.expect("nothing listens");
}

/// A listener without a free file descriptor, as the kernel reports it.
struct Exhausted(std::sync::atomic::AtomicUsize, TcpListener);

impl Accept for Exhausted {
    type Stream = TcpStream;

    async fn accept(&self) -> std::io::Result<(TcpStream, Option<SocketAddr>)> {
        const EMFILE: i32 = 24;
        if self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 4 {
            return Err(std::io::Error::from_raw_os_error(EMFILE));
        }
        Accept::accept(&self.1).await
    }
}

#[tokio::test]
async fn rel_22_without_file_descriptors_it_goes_on_without_spinning() {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let exhausted = Exhausted(0.into(), socket);
    let mut listener = Listener::new("test", exhausted, patient(), vec![]);
    let _peer = connect(address).await;
    let begin = Instant::now();
    let (_stream, peer) = timeout(PATIENCE, listener.next()).await.unwrap();
    assert!(peer.is_some());
    assert!(
        begin.elapsed() >= Duration::from_millis(200),
        "it pauses after each failure"
    );
}
