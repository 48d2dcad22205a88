//! The compose stack: two containers of each service, with PostgreSQL and Redis. `tests/tools/e2e.sh` starts it.

mod engine;
mod faults;
mod frontends;
mod network;

use std::collections::BTreeMap;
use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use doorward_service_kit::grpc::{self, Channel};
use doorward_service_kit::tls::{Tls, TlsConfig};
use reqwest::{Certificate, Client};
use url::Url;

use crate::deployment::http_builder;
use crate::{Build, Outcome, Replica};
use engine::docker;
pub use faults::{CutOff, Throttled};
use frontends::Frontends;
pub use network::Slowed;

/// How the services are called in the compose file, with the ports of their gRPC.
const PORTS: [(&str, u16); 5] = [
    ("client-registry", 7001),
    ("identity", 7002),
    ("session", 7003),
    ("organization", 7004),
    ("token-signing", 7005),
];
/// The services that run all the time.
const LASTING: [&str; 8] = [
    "postgres",
    "redis",
    PORTS[0].0,
    PORTS[1].0,
    PORTS[2].0,
    PORTS[3].0,
    PORTS[4].0,
    crate::FRONTEND,
];
/// The network of our services, and the one where the frontends are called.
const SERVICES: &str = "services";
const EDGE: &str = "edge";
/// The port of a frontend.
const HTTPS: u16 = 8443;
/// A load balancer tries a container for this long before it tries the other.
const CONNECTS: Duration = Duration::from_secs(1);

/// A running stack, which outlives the tests.
#[derive(Debug)]
pub struct Compose {
    project: String,
    issuer: Url,
    /// A folder for each certificate: `commands`, `authorize-frontend`.
    certificates: PathBuf,
    frontends: Arc<Frontends>,
    tls: Tls,
}

impl Compose {
    /// Whether the tests shall use a stack. It is described by environment variables: `DOORWARD_E2E_PROJECT`, the
    /// project of compose; `DOORWARD_E2E_ISSUER`; `DOORWARD_E2E_CERTIFICATES`, a folder.
    #[must_use]
    pub fn is_given() -> bool {
        env::var_os("DOORWARD_E2E_PROJECT").is_some()
    }

    /// Finds the stack, and imports a tenant file.
    pub async fn find(tenant: &str) -> Self {
        let certificates = PathBuf::from(variable("DOORWARD_E2E_CERTIFICATES"));
        let frontend = certificates.join("authorize-frontend");
        let tls = Tls::load(&TlsConfig {
            certificate: frontend.join("tls.crt"),
            key: frontend.join("tls.key"),
            ca: frontend.join("ca.crt"),
        });
        let stack = Self {
            project: variable("DOORWARD_E2E_PROJECT"),
            issuer: Url::parse(&variable("DOORWARD_E2E_ISSUER")).expect("a URL"),
            certificates,
            frontends: Arc::default(),
            tls: tls.expect("the certificate can be used"),
        };
        stack.find_frontends();
        stack.import(tenant);
        stack.wait_until_well().await;
        stack
    }

    fn import(&self, tenant: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tenant.yaml");
        std::fs::write(&path, tenant).expect("the folder can be written");
        let path = path.to_str().expect("the path is text");
        self.command(&["import", path], "").assert_success();
    }

    /// The base of all URLs, with a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        &self.issuer
    }

    /// The name of a service's container.
    #[must_use]
    pub fn container(&self, service: &str, replica: Replica) -> String {
        let number = match replica {
            Replica::First => 1,
            Replica::Second => 2,
        };
        format!("{}-{service}-{number}", self.project)
    }

    fn network(&self, name: &str) -> String {
        format!("{}_{name}", self.project)
    }

    /// The address that a frontend serves HTTPS on.
    #[must_use]
    pub fn frontend(&self, replica: Replica) -> SocketAddr {
        let container = self.container(crate::FRONTEND, replica);
        let address = engine::address_in(&self.network(EDGE), &container);
        SocketAddr::new(address.expect("the frontend runs"), HTTPS)
    }

    /// Learns where the frontends are, after one of them was started.
    fn find_frontends(&self) {
        for replica in [Replica::First, Replica::Second] {
            let container = self.container(crate::FRONTEND, replica);
            if let Some(address) = engine::address_in(&self.network(EDGE), &container) {
                self.frontends.set(replica, (address, HTTPS).into());
            }
        }
    }

    /// A client that resolves the issuer's name to one of the frontends, also after that was started again.
    pub(crate) fn http(&self, replica: Replica) -> Client {
        let pem = std::fs::read(self.authority()).expect("the CA's certificate can be read");
        let authority = Certificate::from_pem(&pem).expect("it is PEM");
        let builder = http_builder()
            .dns_resolver(self.frontends.resolver(replica))
            .connect_timeout(CONNECTS)
            .tls_certs_only([authority]);
        builder.build().expect("an HTTPS client")
    }

    /// The CA's certificate (PEM), to trust the frontends.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.certificates.join("authorize-frontend").join("ca.crt")
    }

    /// A channel to a service, with the certificate of the frontend.
    pub(crate) fn channel(&self, service: &'static str, replica: Replica) -> Channel {
        let address = self.service(service, replica);
        let channel = grpc::connect(&address, service, Some(&self.tls));
        channel.expect("an address of gRPC")
    }

    fn service(&self, service: &str, replica: Replica) -> String {
        let address =
            engine::address_in(&self.network(SERVICES), &self.container(service, replica));
        let address = address.unwrap_or_else(|| panic!("{service} runs"));
        format!("https://{}", SocketAddr::new(address, port(service)))
    }

    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> Outcome {
        let mut place = self.place();
        if let ["keys", ..] = arguments {
            let address = self.service("token-signing", Replica::First);
            place.extend(["--token-signing".to_owned(), address]);
        }
        let place: Vec<_> = place.iter().map(String::as_str).collect();
        Build::own().run("doorward", &[arguments, &place].concat(), input)
    }

    /// The options with which a command reaches the stack.
    pub(crate) fn place(&self) -> Vec<String> {
        let mut place = Vec::new();
        for (option, service) in [
            ("--registry", "client-registry"),
            ("--identity", "identity"),
            ("--session", "session"),
            ("--organization", "organization"),
        ] {
            place.extend([option.to_owned(), self.service(service, Replica::First)]);
        }
        let own = self.certificates.join("commands");
        place.extend(["--certificates".to_owned(), text(&own)]);
        place
    }

    /// The newest lines of every container's log.
    #[must_use]
    pub fn log(&self) -> String {
        let mut logs = BTreeMap::new();
        for container in self.containers() {
            let newest = engine::log(&container, "200");
            logs.insert(container + ":\n", newest);
        }
        logs.into_iter().flat_map(<[String; 2]>::from).collect()
    }

    fn containers(&self) -> Vec<String> {
        let ours = format!("label=com.docker.compose.project={}", self.project);
        let names = docker(&["ps", "--filter", &ours, "--format", "{{.Names}}"]);
        names.lines().map(str::to_owned).collect()
    }
}

fn port(service: &str) -> u16 {
    let mut ports = PORTS.iter();
    let found = ports.find(|(name, _)| *name == service);
    found.expect("a service with gRPC").1
}

#[expect(clippy::disallowed_methods, reason = "the script tells the tests")]
fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `make e2e`"))
}

fn text(path: &Path) -> String {
    path.to_str().expect("the path is text").to_owned()
}
