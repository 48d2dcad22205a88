//! The embedded server serves TLS if it has a certificate.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use doorward_e2e::program;
use doorward_test_support::free_port;
use doorward_test_support::process::Process;

#[test]
fn the_embedded_server_with_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key, data) = (file("certificate.pem"), file("key.pem"), file("data"));
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();

    let port = free_port();
    let (listen, issuer) = (
        format!("127.0.0.1:{port}"),
        format!("https://localhost:{port}/"),
    );
    let arguments = [
        "serve", "--listen", &listen, "--issuer", &issuer, "--data", &data,
    ];
    let tls = ["--tls-cert", &certificate, "--tls-key", &key];
    let arguments: Vec<_> = arguments.iter().chain(&tls).map(AsRef::as_ref).collect();
    let log = folder.path().join("doorward.log");
    let _server = Process::start(&program("doorward"), &arguments, &log);

    let discovery = format!("{issuer}.well-known/openid-configuration");
    let begin = Instant::now();
    let told = loop {
        match fetch(&discovery, Path::new(&certificate)) {
            Ok(told) => break told,
            Err(_) if begin.elapsed() < Duration::from_secs(30) => {}
            Err(problem) => panic!("{problem}\n{}", std::fs::read_to_string(log).unwrap()),
        }
    };
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["issuer"], issuer);
}

/// Fetches a URL with Node.js, which the browser tests need anyway, trusting the certificate.
fn fetch(url: &str, certificate: &Path) -> Result<String, String> {
    let script = "fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)";
    let output = Command::new("node")
        .args(["--eval", script, url])
        .env("NODE_EXTRA_CA_CERTS", certificate)
        .output()
        .expect("Node.js is installed");
    let told = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(told(&output.stdout))
    } else {
        Err(told(&output.stderr))
    }
}
