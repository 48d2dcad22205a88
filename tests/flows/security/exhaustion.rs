//! Group M: requests that would take more than their share. Each runs against a server of its own, by plain HTTP, so
//! that what is sent can be written byte by byte; others are served meanwhile.

use std::future::poll_fn;
use std::time::{Duration, Instant};

use bytes::Bytes;
use doorward_e2e::{Agent, Deployment, Embedded, PATIENCE, Request, User, on};
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use h2::Reason;
use h2::SendStream;
use h2::client::SendRequest;
use http::Uri;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Passwords at once: more than a queue of 64 and two that are hashed.
const FLOOD: usize = 160;
const FRAME_HEADERS: u8 = 1;
const FRAME_CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

async fn on_plain_server(story: impl AsyncFnOnce(&Deployment, &Embedded, &Agent)) {
    let deployment = Deployment::Embedded(Embedded::start().await);
    on(&deployment, async |deployment| {
        let Deployment::Embedded(server) = deployment else {
            unreachable!("as started")
        };
        let agent = Agent::new(deployment);
        agent
            .sign_in(&Request::new("token"), &deployment.add_user())
            .await;
        story(deployment, server, &agent).await;
        assert_eq!(agent.silent_error().await, "");
    })
    .await;
}

/// Sends a request and returns the answer, up to the end of the connection.
async fn answer(server: &Embedded, request: &str) -> String {
    let mut stream = TcpStream::connect(server.listen()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The server closes it, also before all was sent.
    let _reset = timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(server: &Embedded, line: &str, fields: &str) -> String {
    let port = server.listen().port();
    format!("{line} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n{fields}\r\n")
}

#[tokio::test]
async fn sec_196_requests_that_are_too_large() {
    on_plain_server(async |_, server, _| {
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        let long_target = format!("GET /authorize?{}", "x".repeat(8 * 1024));
        let large = "x-large: ".to_owned() + &"x".repeat(11_000) + "\r\n";
        // The three of the head are fields too.
        let many: Vec<_> = (0..98).map(|number| format!("x-{number}: 1\r\n")).collect();
        let many = many.concat();
        let body = "a=".to_owned() + &"b".repeat(65 * 1024);
        let length = format!("{form}content-length: {}\r\n", body.len());
        let gzip = format!("{form}content-encoding: gzip\r\ncontent-length: 3\r\n");
        for (status, request) in [
            (414, head(server, &long_target, "")),
            (431, head(server, "GET /authorize", &large.repeat(3))),
            (
                431,
                head(server, "GET /authorize", &format!("{many}x-last: 1\r\n")),
            ),
            (413, head(server, "POST /authorize", &length) + &body),
            (415, head(server, "POST /authorize", &gzip) + "abc"),
            // One field fewer.
            (400, head(server, "GET /authorize", &many)),
        ] {
            let answer = answer(server, &request).await;
            let first = answer.lines().next().unwrap_or_default();
            assert!(
                first.starts_with(&format!("HTTP/1.1 {status} ")),
                "{status}: {answer}"
            );
        }
        let mut connection = Http2::open(server).await;
        let mut request = connection.request("/authorize");
        for number in 0..101 {
            let name = format!("x-{number}");
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            request
                .headers_mut()
                .insert(name, http::HeaderValue::from_static("1"));
        }
        let (answer, _) = connection.sender.send_request(request, true).unwrap();
        assert_eq!(answer.await.unwrap().status(), 431);
    })
    .await;
}

#[tokio::test]
async fn sec_198_a_body_that_trickles_in() {
    on_plain_server(async |_, server, agent| {
        let fields = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n";
        let mut stream = TcpStream::connect(server.listen()).await.unwrap();
        let head = head(server, "POST /u/login/identifier?state=x", fields);
        stream.write_all(head.as_bytes()).await.unwrap();
        let begin = Instant::now();
        // Ends by an answer or without one, never by the last byte.
        let mut byte = [0];
        loop {
            let sent = stream.write_all(b"a").await;
            let read = timeout(Duration::from_millis(200), stream.read(&mut byte)).await;
            if sent.is_err() || read.is_ok() {
                break;
            }
            assert!(begin.elapsed() < PATIENCE);
        }
        assert_eq!(agent.silent_error().await, "");
    })
    .await;
}

/// A connection of a client that knows the server's HTTP/2.
struct Http2 {
    sender: SendRequest<Bytes>,
    pings: h2::PingPong,
    port: u16,
    ended: tokio::task::JoinHandle<Result<(), h2::Error>>,
}

impl Http2 {
    async fn open(server: &Embedded) -> Self {
        let stream = TcpStream::connect(server.listen()).await.unwrap();
        let (sender, mut connection) = h2::client::handshake(stream).await.unwrap();
        Self {
            sender,
            pings: connection.ping_pong().unwrap(),
            port: server.listen().port(),
            ended: tokio::spawn(connection),
        }
    }

    /// Sends the head of a request as soon as the connection takes it.
    async fn send(
        &mut self,
        request: http::Request<()>,
        is_whole: bool,
    ) -> Result<SendStream<Bytes>, h2::Error> {
        poll_fn(|cx| self.sender.poll_ready(cx)).await?;
        let (_, stream) = self.sender.send_request(request, is_whole)?;
        Ok(stream)
    }

    fn request(&self, path: &str) -> http::Request<()> {
        let uri: Uri = format!("http://localhost:{}{path}", self.port)
            .parse()
            .unwrap();
        http::Request::get(uri)
            .version(http::Version::HTTP_2)
            .body(())
            .unwrap()
    }
}

#[tokio::test]
async fn sec_199_requests_that_are_reset_at_once() {
    on_plain_server(async |_, server, agent| {
        let mut connection = Http2::open(server).await;
        let mut sent = 0;
        while sent < 10_000 {
            let request = connection.request("/authorize?prompt=none");
            let Ok(mut stream) = connection.send(request, true).await else {
                break;
            };
            // Otherwise the client would send neither.
            tokio::task::yield_now().await;
            stream.send_reset(Reason::CANCEL);
            sent += 1;
        }
        drop(connection.sender);
        let _error = timeout(PATIENCE, connection.ended).await.unwrap();
        assert!(sent < 10_000, "the server ends the connection");
        assert_eq!(agent.silent_error().await, "");
    })
    .await;
}

/// The server has begun each request when it is reset: it waits for a body.
#[tokio::test]
async fn sec_199_requests_that_are_given_up_once_they_have_begun() {
    on_plain_server(async |_, server, agent| {
        let mut connection = Http2::open(server).await;
        let mut sent = 0;
        while sent < 200 {
            let mut request = connection.request("/authorize");
            *request.method_mut() = http::Method::POST;
            let form = http::HeaderValue::from_static("application/x-www-form-urlencoded");
            request
                .headers_mut()
                .insert(http::header::CONTENT_TYPE, form);
            let Ok(mut stream) = connection.send(request, false).await else {
                break;
            };
            // Answered after what was sent before.
            if connection.pings.ping(h2::Ping::opaque()).await.is_err() {
                break;
            }
            stream.send_reset(Reason::CANCEL);
            sent += 1;
        }
        assert!((100..200).contains(&sent), "{sent}");
        assert_eq!(agent.silent_error().await, "");
    })
    .await;
}

#[tokio::test]
async fn sec_200_more_streams_than_allowed() {
    on_plain_server(async |_, server, _| {
        let mut connection = Http2::open(server).await;
        // The client knows the limit once the settings of the server have come.
        let request = connection.request("/.well-known/jwks.json");
        let (first, _) = connection.sender.send_request(request, true).unwrap();
        first.await.unwrap();
        assert_eq!(connection.sender.current_max_send_streams(), 128);
    })
    .await;
}

#[tokio::test]
async fn sec_200_a_head_that_does_not_end() {
    on_plain_server(async |_, server, agent| {
        let mut stream = raw_http2(server).await;
        // A field that is not remembered: `x: ` and 1,000 characters, each time.
        let field = [&[0, 1, b'x', 127, 0xe9, 6][..], &[b'x'; 1000]].concat();
        stream
            .write_all(&frame(FRAME_HEADERS, END_STREAM, 1, &field))
            .await
            .unwrap();
        let more = frame(FRAME_CONTINUATION, 0, 1, &field.repeat(16));
        let begin = Instant::now();
        // 16 MiB and more would come to nothing else.
        while stream.write_all(&more).await.is_ok() {
            assert!(
                begin.elapsed() < PATIENCE,
                "the head is read without an end"
            );
        }
        assert_eq!(agent.silent_error().await, "");
    })
    .await;
}

#[tokio::test]
async fn sec_200_a_head_that_grows_when_it_is_read() {
    on_plain_server(async |_, server, _| {
        let mut stream = raw_http2(server).await;
        // One field of 4,000 characters, which is remembered, and then 5,000 times by its number: 20 MB in 9 KB.
        let mut block = [&[0x40, 1, b'x', 127, 0xa1, 30][..], &[b'x'; 4000]].concat();
        block.extend([0xbe; 5000]);
        let sent = frame(FRAME_HEADERS, END_STREAM | END_HEADERS, 1, &block);
        stream.write_all(&sent).await.unwrap();
        let mut answer = Vec::new();
        let mut part = [0; 1024];
        while let Ok(Ok(read @ 1..)) = timeout(Duration::from_secs(5), stream.read(&mut part)).await
        {
            answer.extend_from_slice(&part[..read]);
        }
        // Of a head that was taken, the answer would be a page.
        let text = String::from_utf8_lossy(&answer);
        assert!(
            !text.contains("<html") && !text.contains("<!doctype"),
            "{text}"
        );
    })
    .await;
}

/// A connection after the preface and empty settings.
async fn raw_http2(server: &Embedded) -> TcpStream {
    let mut stream = TcpStream::connect(server.listen()).await.unwrap();
    let preface = [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        &frame(4, 0, 0, &[]),
    ]
    .concat();
    stream.write_all(&preface).await.unwrap();
    stream
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[tokio::test]
async fn sec_202_a_flood_of_passwords() {
    on_plain_server(async |deployment, _, agent| {
        let user = deployment.add_user();
        let browsers = (0..FLOOD).map(async |_| {
            let browser = Agent::new(deployment);
            let page = browser.open(&Request::new("token")).await;
            let form = page.form().with("username", &User::stranger().email);
            let page = browser.submit_and_follow(&form).await;
            let form = page.form().with("password", "not this one");
            (browser, form)
        });
        // The pages before the flood come in turns, so that none of them is refused.
        let browsers = stream::iter(browsers).buffered(8).collect::<Vec<_>>().await;
        let flood = join_all(
            browsers
                .iter()
                .map(async |(browser, form)| browser.submit(form).await),
        );
        let silent = async {
            for _ in 0..10 {
                assert_eq!(agent.silent_error().await, "");
            }
        };
        let (pages, ()) = tokio::join!(flood, silent);
        let refused: Vec<_> = pages.iter().filter(|page| page.status == 503).collect();
        assert!(!refused.is_empty(), "the queue has an end");
        for page in refused {
            let seconds: u32 = page.header("retry-after").parse().unwrap();
            assert!((1..=5).contains(&seconds), "{page:?}");
        }
        let others = pages.iter().filter(|page| page.status != 503);
        assert!(others.map(|page| page.status).all(|status| status == 400));
        Agent::new(deployment)
            .sign_in(&Request::new("token"), &user)
            .await;
    })
    .await;
}
