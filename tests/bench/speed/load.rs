//! Sends requests on several connections, one after the other on each. Runs in its own thread, so on one processor at
//! most, and its CPU time is not counted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{COOKIE, HOST, LOCATION};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The timeout of a request, longer than any server takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The load on one server.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    /// Its `Host` header.
    pub(crate) host: String,
    /// Path and query, except for `state` and `nonce`.
    pub(crate) path: String,
    /// The `Cookie` headers of the browsers; each connection belongs to one browser.
    pub(crate) cookies: Arc<[String]>,
    /// The number of concurrent connections.
    pub(crate) connections: usize,
    /// The duration of the load.
    pub(crate) time: Duration,
}

/// A request and its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// The value of `state` and of `nonce`.
    pub(crate) state: String,
    /// The time from writing the request to the end of the answer.
    pub(crate) time: Duration,
    /// Status and `Location`, or the error.
    pub(crate) answer: Result<(u16, String), String>,
}

impl Load {
    /// Sends requests until the time is over. Also returns the actual duration.
    pub(crate) async fn run(self) -> (Vec<Exchange>, Duration) {
        let run = tokio::task::spawn_blocking(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(self.run_here())
        });
        run.await.expect("the load ends")
    }

    /// [`Self::run`] on this thread.
    pub(crate) async fn run_here(self) -> (Vec<Exchange>, Duration) {
        // The requests begin once all connections are open.
        let start = Arc::new(Barrier::new(self.connections + 1));
        let mut browsers = JoinSet::new();
        for number in 0..self.connections {
            browsers.spawn(self.clone().browse(number, Arc::clone(&start)));
        }
        start.wait().await;
        let begin = Instant::now();
        let exchanges = browsers.join_all().await.into_iter().flatten().collect();
        (exchanges, begin.elapsed())
    }

    async fn browse(self, number: usize, start: Arc<Barrier>) -> Vec<Exchange> {
        let mut connection = self.connect().await;
        start.wait().await;
        let begin = Instant::now();
        let mut exchanges = Vec::new();
        while begin.elapsed() < self.time {
            if connection.ready().await.is_err() {
                connection = self.connect().await;
            }
            let state = format!("{number}-{}", exchanges.len());
            let exchange = self.exchange(&mut connection, number, state).await;
            if exchange.answer.is_err() {
                connection = self.connect().await;
            }
            exchanges.push(exchange);
        }
        exchanges
    }

    pub(crate) async fn connect(&self) -> SendRequest<String> {
        let stream = TcpStream::connect(self.address).await;
        let stream = stream.expect("the server accepts connections");
        stream.set_nodelay(true).expect("the option is known");
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.expect("HTTP/1.1 begins without a word");
        tokio::spawn(connection);
        sender
    }

    pub(crate) async fn exchange(
        &self,
        connection: &mut SendRequest<String>,
        number: usize,
        state: String,
    ) -> Exchange {
        let request = Request::get(format!("{}&state={state}&nonce={state}", self.path))
            .header(HOST, &self.host)
            .header(COOKIE, &self.cookies[number % self.cookies.len()])
            .body(String::new())
            .expect("a request");
        let begin = Instant::now();
        let answer = async { read(connection.send_request(request).await?).await };
        let answer = timeout(PATIENCE, answer).await;
        Exchange {
            state,
            time: begin.elapsed(),
            answer: match answer {
                Ok(answer) => answer.map_err(|error| error.to_string()),
                Err(_) => Err("no answer in time".to_owned()),
            },
        }
    }
}

async fn read(response: Response<hyper::body::Incoming>) -> hyper::Result<(u16, String)> {
    let location = response.headers().get(LOCATION);
    let location = location.map(|location| String::from_utf8_lossy(location.as_bytes()));
    let location = location.unwrap_or_default().into_owned();
    let status = response.status().as_u16();
    response.into_body().collect().await?;
    Ok((status, location))
}
