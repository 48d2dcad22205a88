//! Mutual TLS over real sockets.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use futures::future::join_all;
use http::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tower::{Service, ServiceExt, service_fn};

use crate::Shutdown;
use crate::grpc::test_service::{Allowed, PATIENCE, code, eventually};
use crate::grpc::{GrpcConfig, NoStore, Server};
use crate::tls::Tls;
use crate::tls::testing::{Authority, DAY, Folder, Pair, ShiftedClock};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const SIGN: &str = "/doorward.token_signing.v1.TokenSigningService/SignTokens";
const JWKS: &str = "/doorward.token_signing.v1.TokenSigningService/GetJwks";
const HEALTH: &str = "/grpc.health.v1.Health/Check";

/// `token-signing` with a certificate, until it is dropped.
struct Running {
    authority: Authority,
    folder: Folder,
    clock: Arc<ShiftedClock>,
    address: SocketAddr,
    shutdown: Shutdown,
    _task: JoinHandle<()>,
}

impl Running {
    async fn start() -> Self {
        let authority = Authority::new("inner");
        let folder = Folder::new(&authority.pair("token-signing"), &[&authority]);
        let clock = Arc::new(ShiftedClock::default());
        let tls = Tls::load_with(&folder.config(), clock.clone()).unwrap();
        let address = free_address().await;
        let config = GrpcConfig {
            listen: address.into(),
        };
        let (server, shutdown) = (Server::new(&config, Some(&tls)).unwrap(), Shutdown::new());
        let task = server.serve("test", Routes::new(Allowed), NoStore, shutdown.clone());
        let task = tokio::spawn(async { task.await.unwrap() });
        let running = Self {
            authority,
            folder,
            clock,
            address,
            shutdown,
            _task: task,
        };
        eventually(async || TcpStream::connect(address).await.is_ok()).await;
        running
    }

    /// The settings of a client with that certificate.
    fn client(&self, pair: &Pair) -> Arc<ClientConfig> {
        client(&self.authority, Some(pair))
    }

    async fn dial(&self, client: Arc<ClientConfig>) -> io::Result<TlsStream<TcpStream>> {
        dial(self.address, client, "token-signing").await
    }

    /// A connection that stays, for calls in the name of the peer.
    fn channel(&self, client: Arc<ClientConfig>) -> Channel {
        let address = self.address;
        let connector = service_fn(move |_: Uri| {
            let client = Arc::clone(&client);
            async move {
                let stream = dial(address, client, "token-signing").await?;
                io::Result::Ok(TokioIo::new(stream))
            }
        });
        Endpoint::from_static("http://token-signing").connect_with_connector_lazy(connector)
    }

    fn channel_of(&self, name: &str) -> Channel {
        self.channel(self.client(&self.authority.pair(name)))
    }

    /// Whether the server refuses the handshake. A TLS 1.3 client may believe itself connected before it is refused.
    async fn refuses(&self, client: Arc<ClientConfig>) -> bool {
        let Ok(mut stream) = self.dial(client).await else {
            return true;
        };
        let _ = stream.write_all(PREFACE).await;
        let mut byte = [0];
        let read = timeout(PATIENCE, stream.read(&mut byte)).await.unwrap();
        !matches!(read, Ok(1))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

async fn free_address() -> SocketAddr {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    socket.local_addr().unwrap()
}

/// With the libraries' own verification, apart from what is tested.
fn client(authority: &Authority, pair: Option<&Pair>) -> Arc<ClientConfig> {
    let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(der(&authority.pem)).unwrap();
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let builder = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&tokio_rustls::rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots);
    let mut client = match pair {
        Some(pair) => {
            let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
            let chain = vec![der(&pair.certificate)];
            builder.with_client_auth_cert(chain, key).unwrap()
        }
        None => builder.with_no_client_auth(),
    };
    client.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(client)
}

async fn dial(
    address: SocketAddr,
    client: Arc<ClientConfig>,
    name: &'static str,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name).unwrap();
    TlsConnector::from(client).connect(name, stream).await
}

async fn call(channel: &Channel, path: &str, metadata: &[(&str, &str)]) -> Result<Code, Status> {
    let mut request = Request::post(format!("http://token-signing{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    for (name, value) in metadata {
        request = request.header(*name, *value);
    }
    // An empty message.
    let body = Body::new(http_body(vec![0, 0, 0, 0, 0]));
    let mut channel = channel.clone();
    let ready = channel.ready().await;
    let ready = ready.map_err(|error| Status::from_error(error.into()))?;
    let answer = ready.call(request.body(body).unwrap()).await;
    let answer = answer.map_err(|error| Status::from_error(error.into()))?;
    if !answer.status().is_success() {
        return Err(Status::unknown(answer.status().to_string()));
    }
    Ok(code(&answer))
}

fn http_body(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn sec_173_plain_http2_is_refused() {
    let server = Running::start().await;
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    plain.write_all(PREFACE).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, plain.read_to_end(&mut answer))
        .await
        .unwrap();
    // A TLS alert or nothing; a server of plain HTTP/2 sends SETTINGS: type 4 in the fourth byte.
    assert!(matches!(answer.first(), None | Some(0x15)), "{answer:?}");

    let endpoint = Endpoint::from_shared(format!("http://{}", server.address)).unwrap();
    assert!(call(&endpoint.connect_lazy(), HEALTH, &[]).await.is_err());
    assert_eq!(
        call(&server.channel_of("demo"), HEALTH, &[]).await.unwrap(),
        Code::Ok
    );
}

#[tokio::test]
async fn sec_174_other_certificates_end_the_handshake() {
    let server = Running::start().await;
    let ours = &server.authority;
    assert!(!server.refuses(server.client(&ours.pair("session"))).await);

    assert!(server.refuses(client(ours, None)).await, "no certificate");
    let foreign = Authority::new("inner");
    for (what, pair) in [
        ("foreign authority", foreign.pair("session")),
        ("expired", ours.pair_between("session", -9 * DAY, -60)),
        ("not yet valid", ours.pair_between("session", 3600, DAY)),
    ] {
        assert!(server.refuses(server.client(&pair)).await, "{what}");
    }
    assert!(!server.refuses(server.client(&ours.pair("session"))).await);
}

/// A copy of a certificate is worth nothing without its key.
#[tokio::test]
async fn sec_174_a_certificate_needs_its_key() {
    let server = Running::start().await;
    let (pair, other) = (
        server.authority.pair("session"),
        server.authority.pair("session"),
    );
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let key = PrivateKeyDer::from_pem_slice(other.key.as_bytes()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()];
    let stolen = tokio_rustls::rustls::sign::CertifiedKey::new(chain, key);
    let mut config = Arc::unwrap_or_clone(client(&server.authority, None));
    let resolver = tokio_rustls::rustls::sign::SingleCertAndKey::from(stolen);
    config.client_auth_cert_resolver = Arc::new(resolver);
    assert!(server.refuses(Arc::new(config)).await);
}

#[tokio::test]
async fn sec_175_a_method_is_for_its_callers() {
    let server = Running::start().await;
    for (name, path, expected) in [
        ("authorize-frontend", SIGN, Code::Ok),
        ("authorize-frontend", JWKS, Code::Ok),
        ("demo", JWKS, Code::Ok),
        ("demo", SIGN, Code::PermissionDenied),
        ("organization", SIGN, Code::PermissionDenied),
        ("organization", JWKS, Code::PermissionDenied),
        (
            "authorize-frontend.example.test",
            SIGN,
            Code::PermissionDenied,
        ),
        ("*.frontend", SIGN, Code::PermissionDenied),
        ("token-signing", SIGN, Code::PermissionDenied),
        ("organization", HEALTH, Code::Ok),
    ] {
        let answer = call(&server.channel_of(name), path, &[]).await.unwrap();
        assert_eq!(answer, expected, "{name} {path}");
    }
}

#[tokio::test]
async fn sec_176_the_server_must_have_the_name_that_is_called() {
    let server = Running::start().await;
    let folder = Folder::new(
        &server.authority.pair("authorize-frontend"),
        &[&server.authority],
    );
    let caller = Tls::load(&folder.config()).unwrap();
    let connect = async |name| dial(server.address, caller.client_config(), name).await;
    assert!(connect("token-signing").await.is_ok());
    for other in ["session", "localhost", "token-signing.example.test"] {
        assert!(connect(other).await.is_err(), "{other}");
    }
    let foreign = Authority::new("inner");
    let folder = Folder::new(&server.authority.pair("authorize-frontend"), &[&foreign]);
    let caller = Tls::load(&folder.config()).unwrap();
    let refused = dial(server.address, caller.client_config(), "token-signing").await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn sec_177_metadata_names_no_caller() {
    let server = Running::start().await;
    let channel = server.channel_of("organization");
    for name in [
        "x-user-id",
        "x-internal",
        "x-forwarded-client-cert",
        "x-ssl-client-s-dn",
        "peer",
        "user-agent",
    ] {
        for value in ["authorize-frontend", "DNS=authorize-frontend", "true"] {
            let answer = call(&channel, SIGN, &[(name, value)]).await.unwrap();
            assert_eq!(answer, Code::PermissionDenied, "{name}: {value}");
        }
    }
}

/// Hanging, broken and foreign handshakes, thousands of them, while others are served on old and new connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_180_broken_handshakes_do_not_stop_the_accept_loop() {
    let server = Arc::new(Running::start().await);
    let good = server.client(&server.authority.pair("authorize-frontend"));
    let old = server.channel(Arc::clone(&good));
    assert_eq!(call(&old, SIGN, &[]).await.unwrap(), Code::Ok);

    let address = server.address;
    let mut hanging = Vec::new();
    for _ in 0..50 {
        hanging.push(TcpStream::connect(address).await.unwrap());
    }
    let flood = tokio::spawn(async move {
        for round in 0..60 {
            join_all((0..50).map(|number| break_off(address, round + number))).await;
        }
    });
    let mut answered = 0;
    while !flood.is_finished() || answered < 20 {
        assert_eq!(call(&old, SIGN, &[]).await.unwrap(), Code::Ok);
        let new = server.channel(Arc::clone(&good));
        let answer = timeout(PATIENCE, call(&new, SIGN, &[])).await;
        assert_eq!(answer.unwrap().unwrap(), Code::Ok);
        answered += 1;
    }
    flood.await.unwrap();
    drop(hanging);
}

/// A peer that breaks the handshake in one of several ways.
async fn break_off(address: SocketAddr, number: usize) {
    // The begin of a ClientHello, whose rest never comes.
    let hello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
    let sent: &[u8] = match number % 4 {
        0 => b"",
        1 => b"GET / HTTP/1.1\r\n\r\n",
        2 => &hello,
        _ => &[0xff; 512],
    };
    if let Ok(mut stream) = TcpStream::connect(address).await {
        let _ = stream.write_all(sent).await;
    }
}

#[tokio::test]
async fn sec_184_certificates_are_renewed_without_a_restart() {
    let server = Running::start().await;
    let new = Authority::new("inner 2");
    let of_old = server.client(&server.authority.pair("authorize-frontend"));
    let pair_of_new = new.pair("authorize-frontend");
    let of_new = client(&new, Some(&pair_of_new));
    let mut connection = server.dial(of_old.clone()).await.unwrap();
    connection.write_all(PREFACE).await.unwrap();
    assert!(server.refuses(of_new.clone()).await);

    // Both authorities, then the server's own certificate from the new one.
    let old = &server.authority;
    server.folder.write_authorities(&[old, &new]);
    eventually(async || !server.refuses(client(old, Some(&pair_of_new))).await).await;
    server
        .folder
        .write(&new.pair("token-signing"), &[old, &new]);
    eventually(async || !server.refuses(of_new.clone()).await).await;

    server.folder.write_authorities(&[&new]);
    // Ends with an alert or a reset, not by our doing.
    let mut read = Vec::new();
    let ended = timeout(PATIENCE, connection.read_to_end(&mut read)).await;
    assert!(
        ended.is_ok(),
        "the connection of the old certificate lives on"
    );
    let old_pair = old.pair("authorize-frontend");
    assert!(server.refuses(client(&new, Some(&old_pair))).await);
    assert!(!server.refuses(of_new).await);
}

#[tokio::test]
async fn rel_47_expired_certificates_are_refused() {
    let server = Running::start().await;
    let soon = server
        .authority
        .pair_between("authorize-frontend", -DAY, DAY);
    let soon = server.client(&soon);
    let later = server.client(&server.authority.pair("authorize-frontend"));
    let mut connection = server.dial(soon.clone()).await.unwrap();
    connection.write_all(PREFACE).await.unwrap();
    let mut kept = server.dial(later.clone()).await.unwrap();
    kept.write_all(PREFACE).await.unwrap();
    assert!(!server.refuses(soon.clone()).await);

    server.clock.set_ahead(2 * DAY);
    assert!(server.refuses(soon).await);
    assert!(!server.refuses(later).await);
    // The connection notices at its next look at the clock; new files are one.
    server.folder.write(
        &server.authority.pair("token-signing"),
        &[&server.authority],
    );
    let mut read = Vec::new();
    let ended = timeout(PATIENCE, connection.read_to_end(&mut read)).await;
    assert!(
        ended.is_ok(),
        "the connection of the expired certificate lives on"
    );
    let mut byte = [0];
    kept.read_exact(&mut byte).await.unwrap();
}
