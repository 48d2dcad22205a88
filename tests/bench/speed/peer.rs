//! npm's oidc-provider, started from `peer/`.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_e2e::{API, APPLICATION, CALLBACK, Request};
use doorward_test_support::free_port;
use doorward_test_support::process::Process;
use reqwest::Client;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::redirect::Policy;
use tempfile::TempDir;
use url::Url;

use super::job::sign_in_request;

const PATIENCE: Duration = Duration::from_secs(30);

/// The running server.
#[derive(Debug)]
pub(crate) struct Peer {
    issuer: Url,
    process: Process,
    folder: TempDir,
}

impl Peer {
    /// Starts it with this Redis, and waits until it is ready.
    pub(crate) async fn start(redis: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let process = process(port, redis, &folder.path().join("peer.log"));
        let issuer = format!("http://localhost:{port}/");
        let peer = Self {
            issuer: Url::parse(&issuer).expect("a URL"),
            process,
            folder,
        };
        peer.wait_until_ready().await;
        peer
    }

    /// The id of the server's process.
    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The base of all URLs, with a slash at its end.
    pub(crate) fn url(&self) -> &Url {
        &self.issuer
    }

    /// The `iss` claim of its tokens.
    pub(crate) fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// Signs in. Returns the `Cookie` header of the browser.
    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let jar = Arc::new(Jar::default());
        let http = Client::builder()
            .cookie_provider(Arc::clone(&jar))
            .redirect(within("localhost"))
            .build()
            .expect("an HTTP client");
        let request = peer_request(&sign_in_request(), email);
        let mut url = self.issuer.join("auth").expect("a URL");
        url.query_pairs_mut().extend_pairs(request.parameters());
        let answer = http.get(url.clone()).send().await;
        let answer = answer.expect("oidc-provider answers");
        let location = answer.headers().get("location");
        let location = location.and_then(|it| it.to_str().ok()).unwrap_or_default();
        assert!(
            location.contains("access_token="),
            "{answer:?}\n{}",
            self.log()
        );
        let cookies = jar.cookies(&url).expect("the browser is signed in");
        cookies.to_str().expect("cookies are ASCII").to_owned()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("peer.log")).unwrap_or_default()
    }

    async fn wait_until_ready(&self) {
        let begin = Instant::now();
        while reqwest::get(self.issuer.join("jwks").expect("a URL"))
            .await
            .is_err()
        {
            assert!(
                begin.elapsed() < PATIENCE,
                "oidc-provider does not start:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Uses the Node.js that is installed beside it, because the machine may have another version.
fn process(port: u16, redis: &str, log: &Path) -> Process {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/peer");
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => panic!("there is no Node.js for {other} in package.json"),
    };
    let node = format!("node_modules/node-linux-{architecture}/bin/node");
    let node = folder.join(node);
    assert!(
        node.exists(),
        "oidc-provider is not installed: run `npm ci --prefix tests/bench/peer`"
    );
    let (server, port) = (folder.join("server.js"), port.to_string());
    let arguments = [
        "NODE_ENV=production".as_ref(),
        node.as_os_str(),
        server.as_os_str(),
        port.as_ref(),
        redis.as_ref(),
        APPLICATION.as_ref(),
        CALLBACK.as_ref(),
        API.as_ref(),
    ];
    Process::start(Path::new("/usr/bin/env"), &arguments, log)
}

/// The same request with its names.
fn peer_request(request: &Request, email: &str) -> Request {
    let api = request.get("audience").unwrap_or_default().to_owned();
    let request = request.clone().without("audience");
    request.with("resource", &api).with("login_hint", email)
}

/// Follows redirects only within `host`.
fn within(host: &'static str) -> Policy {
    Policy::custom(move |attempt| {
        if attempt.url().host_str() == Some(host) {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}
