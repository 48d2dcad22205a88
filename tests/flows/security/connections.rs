//! Connections that send nothing or read nothing: they are closed, and others are served meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Deployment, Embedded, Request, on};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// The server's limit of open files.
const OPEN_FILES: u32 = 160;
/// The number of idle connections, more than the server may accept.
const IDLE: usize = 180;
/// How long the test waits; the server's deadline is ten seconds.
const PATIENCE: Duration = Duration::from_mins(1);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

fn boxed(stream: impl Stream + 'static) -> Box<dyn Stream> {
    Box::new(stream)
}

#[tokio::test]
async fn sec_197_idle_connections_keep_nobody_out() {
    let server = Embedded::start_with_open_files(OPEN_FILES, false).await;
    on(&Deployment::Embedded(server), async |deployment| {
        let agent = signed_in(deployment).await;
        for bytes in [&b""[..], b"GET /authorize HTT", &PREFACE[..12], PREFACE] {
            let idle = connections(deployment, async |mut stream: TcpStream| {
                let _ = stream.write_all(bytes).await;
                Some(boxed(stream))
            });
            assert_serves_others(deployment, &agent, idle.await).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_197_idle_connections_by_tls_keep_nobody_out() {
    let server = Embedded::start_with_open_files(OPEN_FILES, true).await;
    on(&Deployment::Embedded(server), async |deployment| {
        let agent = signed_in(deployment).await;
        // Part of a handshake; a whole handshake; a handshake and part of a request.
        let begun = connections(deployment, async |mut stream: TcpStream| {
            let _ = stream.write_all(&[22, 3, 1]).await;
            Some(boxed(stream))
        });
        assert_serves_others(deployment, &agent, begun.await).await;
        let tls = connector(server_of(deployment).certificate().unwrap());
        for bytes in [&b""[..], b"GET /authorize HTT"] {
            let shaken = connections(deployment, async |stream: TcpStream| {
                let name = "auth.example.test".try_into().unwrap();
                // The server may close the connection during the handshake.
                let mut stream = tls.connect(name, stream).await.ok()?;
                let _ = stream.write_all(bytes).await;
                Some(boxed(stream))
            });
            assert_serves_others(deployment, &agent, shaken.await).await;
        }
    })
    .await;
}

/// Many waiting connections cost the server no CPU time.
#[tokio::test]
async fn rel_22_a_full_server_does_not_spin() {
    let server = Embedded::start_with_open_files(OPEN_FILES, false).await;
    on(&Deployment::Embedded(server), async |deployment| {
        let plain = async |stream: TcpStream| Some(boxed(stream));
        let idle = connections(deployment, plain).await;
        let process = server_of(deployment).process_id();
        let begin = (Instant::now(), cpu_seconds(process));
        tokio::time::sleep(Duration::from_secs(2)).await;
        let spent = cpu_seconds(process) - begin.1;
        let elapsed = begin.0.elapsed().as_secs_f64();
        assert!(spent < elapsed / 2.0, "{spent} of {elapsed} seconds");
        drop(idle);
        let agent = signed_in(deployment).await;
        assert_eq!(agent.silent_error().await, "");
    })
    .await;
}

fn server_of(deployment: &Deployment) -> &Embedded {
    let Deployment::Embedded(server) = deployment else {
        unreachable!()
    };
    server
}

async fn signed_in(deployment: &Deployment) -> Agent {
    let user = deployment.add_user();
    let agent = Agent::new(deployment);
    agent.sign_in(&Request::new("token"), &user).await;
    agent
}

async fn connections(
    deployment: &Deployment,
    begin: impl AsyncFn(TcpStream) -> Option<Box<dyn Stream>>,
) -> Vec<Box<dyn Stream>> {
    let mut open = Vec::new();
    for _ in 0..IDLE {
        let address = server_of(deployment).listen();
        let stream = TcpStream::connect(address).await.unwrap();
        open.extend(begin(stream).await);
    }
    open
}

/// Checks that other browsers are served beside the idle connections, and that the server closes these.
async fn assert_serves_others(deployment: &Deployment, agent: &Agent, idle: Vec<Box<dyn Stream>>) {
    // A new connection, because the server may close the old one.
    let fresh = Agent::new(deployment);
    fresh.set_cookies(agent.cookies());
    assert_eq!(fresh.silent_error().await, "");
    let another = signed_in(deployment).await;
    assert_eq!(another.silent_error().await, "");
    let mut rest = Vec::new();
    for mut stream in idle {
        let ended = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        let _reset = ended.expect("an idle connection ends");
    }
}

fn connector(certificate: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(certificate).unwrap();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots);
    Arc::new(config.with_no_client_auth()).into()
}

/// The CPU time of a process (proc(5), fields 14 and 15, in hundredths of a second).
fn cpu_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = |index: usize| -> f64 {
        let field = fields.split(' ').nth(index - 3);
        field.unwrap().parse().unwrap()
    };
    (ticks(14) + ticks(15)) / 100.0
}
