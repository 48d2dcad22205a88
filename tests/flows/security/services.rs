//! Group K: between the services. All run against processes with mutual TLS; those that replace certificates have their
//! own.

mod calls;
mod inner_errors;
mod limits;
mod peers;
mod renewal;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_e2e::{Certificates, Deployment, PATIENCE, SERVICES, Separate, on};
use doorward_service_kit::tls::TlsConfig;
use rcgen::{CertificateParams, DistinguishedName, DnType, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::fixture::{TENANT, separate};

/// The preface of HTTP/2 and an empty SETTINGS frame.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const FRONTEND: &str = "authorize-frontend";
const DAY: i64 = 24 * 3600;
/// The file of the key of the authority that issues.
const KEY: &str = "ca.key";
/// `Doorward CA` and eight letters.
const NAME_LENGTH: usize = 20;

/// Runs a test on processes that all tests of this group share.
pub(super) async fn on_services(story: impl AsyncFnOnce(&Deployment, &Separate)) {
    doorward_e2e::on_mutual_tls(TENANT, async |deployment| {
        story(deployment, separate(deployment)).await;
    })
    .await;
}

/// Runs a test on its own processes.
async fn on_own_services(story: impl AsyncFnOnce(&Deployment, &Separate)) {
    let builder = Separate::builder().tenant(TENANT).secure().mutual_tls();
    let deployment = Deployment::Separate(builder.start().await);
    on(&deployment, async |deployment| {
        story(deployment, separate(deployment)).await;
    })
    .await;
}

/// The processes that serve gRPC.
fn servers() -> impl Iterator<Item = &'static str> {
    SERVICES.into_iter().chain([FRONTEND])
}

fn socket(separate: &Separate, process: &str) -> SocketAddr {
    let address = separate.address(process);
    address.rsplit_once("//").unwrap().1.parse().unwrap()
}

/// A certificate with its key, as PEM.
struct Pair {
    certificate: String,
    key: String,
}

impl Pair {
    /// The certificate that a process has.
    fn of(certificates: &Certificates, name: &str) -> Self {
        let TlsConfig {
            certificate, key, ..
        } = certificates.config(name);
        let read = |path: &Path| std::fs::read_to_string(path).unwrap();
        Self {
            certificate: read(&certificate),
            key: read(&key),
        }
    }

    /// Gives this certificate to a process.
    fn write(&self, certificates: &Certificates, name: &str) {
        let config = certificates.config(name);
        std::fs::write(config.key, &self.key).unwrap();
        std::fs::write(config.certificate, &self.certificate).unwrap();
    }

    /// A certificate of an authority of the deployment, by the file of its key, valid between these numbers of seconds
    /// from now.
    fn forged(
        certificates: &Certificates,
        key: &str,
        name: &str,
        (begin, end): (i64, i64),
    ) -> Self {
        let (_, subject, key) = authority(certificates, key);
        Self::signed(name, begin, end, &issuer(&subject, key))
    }

    /// A certificate of another authority, which has the same name.
    fn foreign(certificates: &Certificates, name: &str) -> Self {
        let (_, subject, _) = authority(certificates, KEY);
        let issuer = issuer(&subject, KeyPair::generate().unwrap());
        Self::signed(name, -DAY, DAY, &issuer)
    }

    fn signed(name: &str, begin: i64, end: i64, issuer: &Issuer<'_, KeyPair>) -> Self {
        let instant = |offset: i64| {
            let epoch = date_time_ymd(1970, 1, 1);
            epoch + Duration::from_secs((now() + offset).try_into().unwrap())
        };
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (instant(begin), instant(end));
        let key = KeyPair::generate().unwrap();
        Self {
            certificate: params.signed_by(&key, issuer).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

fn now() -> i64 {
    use doorward_service_kit::{Clock, SystemClock};
    SystemClock.now().as_second()
}

fn issuer(subject: &str, key: KeyPair) -> Issuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject);
    Issuer::new(params, key)
}

/// Certificate, common name and key of the authority whose key is in this file.
fn authority(certificates: &Certificates, key: &str) -> (CertificateDer<'static>, String, KeyPair) {
    let key = KeyPair::from_pem(&certificates.authority(key)).unwrap();
    let public = key.public_key_raw();
    let ca = certificates.authority("ca.crt");
    let mut found = CertificateDer::pem_slice_iter(ca.as_bytes()).map(Result::unwrap);
    let is_its = |der: &CertificateDer<'_>| der.windows(public.len()).any(|part| part == public);
    let der = found.find(is_its).expect("ca.crt has the authority");
    let text: String = der.iter().map(|byte| char::from(*byte)).collect();
    let begin = text
        .find("Doorward CA ")
        .expect("the name of the authority");
    let subject = text[begin..][..NAME_LENGTH].to_owned();
    (der, subject, key)
}

/// A client that trusts the authority that issues, with the library's own verification.
fn client(certificates: &Certificates, pair: Option<&Pair>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(authority(certificates, KEY).0).unwrap();
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots);
    let mut client = match pair {
        None => builder.with_no_client_auth(),
        Some(pair) => {
            let chain = CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap();
            let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
            builder.with_client_auth_cert(vec![chain], key).unwrap()
        }
    };
    client.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(client)
}

/// A connection to a process, which has begun HTTP/2.
async fn dial(
    separate: &Separate,
    process: &'static str,
    client: Arc<ClientConfig>,
) -> io::Result<TlsStream<TcpStream>> {
    dial_as(socket(separate, process), process, client).await
}

/// A connection to a server that must have this name, which has begun HTTP/2.
async fn dial_as(
    address: SocketAddr,
    name: &'static str,
    client: Arc<ClientConfig>,
) -> io::Result<TlsStream<TcpStream>> {
    let mut stream = connect(address, name, client).await?;
    stream.write_all(PREFACE).await?;
    Ok(stream)
}

/// A connection over which nothing was sent yet.
async fn connect(
    address: SocketAddr,
    name: &'static str,
    client: Arc<ClientConfig>,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name).unwrap();
    TlsConnector::from(client).connect(name, stream).await
}

/// Whether a process begins HTTP/2 with this client. With TLS 1.3 the client is refused after it believes itself
/// connected.
async fn serves(separate: &Separate, process: &'static str, client: Arc<ClientConfig>) -> bool {
    let Ok(mut stream) = dial(separate, process, client).await else {
        return false;
    };
    let mut byte = [0];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut byte)).await;
    matches!(read.expect("the server answers or closes"), Ok(1))
}

/// Waits for a line of the log with all these words.
async fn wait_for_log(deployment: &Deployment, words: &[&str]) {
    let begin = Instant::now();
    loop {
        let log = deployment.log();
        let mut lines = log.lines();
        if lines.any(|line| words.iter().all(|word| line.contains(word))) {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "{words:?} in the log: {log}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn eventually(what: &str, is_so: impl AsyncFn() -> bool) {
    let begin = Instant::now();
    while !is_so().await {
        assert!(begin.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
