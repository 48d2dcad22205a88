//! Six services in separate processes, with real PostgreSQL and Redis, and two replicas of `session`, of
//! `organization`, of `token-signing` and of the frontend.

mod builder;
mod certificates;
mod settings;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use builder::Builder;
pub use certificates::Certificates;
use certificates::service_of;

use doorward_service_kit::grpc::Channel;
use doorward_test_support::process::Process;
use doorward_test_support::redis;
use doorward_test_support::softhsm::{self, SoftHsm};
use reqwest::Client;
use tempfile::TempDir;
use url::Url;

use crate::deployment::{
    http_builder, logs, wait_until, wait_until_open, wait_until_ready, wait_until_served,
};
use crate::metrics::{metric_in, metrics_at};
use crate::tls::Tls;
use crate::{Build, Outcome};

/// The first frontend, which tests use by default.
pub const FRONTEND: &str = "authorize-frontend";
const SECOND_FRONTEND: &str = "authorize-frontend-2";
/// The services behind the frontend.
pub const SERVICES: [&str; 5] = [
    "client-registry",
    "identity",
    "session",
    "organization",
    "token-signing",
];
/// A second `session` over the same store. The second frontend calls it, and the first one never does.
pub const SECOND_SESSION: &str = "session-2";
/// A second `organization` over the same database, which only the second frontend calls.
pub const SECOND_ORGANIZATION: &str = "organization-2";

/// A second `token-signing` over the same database, which only the second frontend calls.
pub const SECOND_TOKEN_SIGNING: &str = "token-signing-2";

const TOKEN_LABEL: &str = "doorward";

/// All processes, in the order of their start.
const PROCESSES: [&str; 10] = [
    SERVICES[0],
    SERVICES[1],
    SERVICES[2],
    SERVICES[3],
    SERVICES[4],
    SECOND_SESSION,
    SECOND_ORGANIZATION,
    SECOND_TOKEN_SIGNING,
    FRONTEND,
    SECOND_FRONTEND,
];

/// One of the two frontends, with its `session`, `organization` and `token-signing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replica {
    /// The name of the first frontend, which tests use by default.
    First,
    /// The second frontend: same issuer, another address.
    Second,
}

impl Replica {
    /// The process of a service that this frontend calls.
    fn process(self, service: &'static str) -> &'static str {
        match (self, service) {
            (Self::Second, "session") => SECOND_SESSION,
            (Self::Second, "organization") => SECOND_ORGANIZATION,
            (Self::Second, "token-signing") => SECOND_TOKEN_SIGNING,
            _ => service,
        }
    }
}

/// A deployment with one process per service.
#[derive(Debug)]
pub struct Separate {
    build: Build,
    issuer: Url,
    /// The port of both frontends, whose addresses differ.
    http_port: u16,
    tls: Option<Tls>,
    /// With mutual TLS between the processes.
    certificates: Option<Certificates>,
    folder: TempDir,
    /// The ports of the services with gRPC over TCP; empty if all use Unix sockets.
    ports: BTreeMap<&'static str, u16>,
    metrics_ports: BTreeMap<&'static str, u16>,
    databases: BTreeMap<&'static str, String>,
    redis: Redis,
    /// The URL of the mail server, or of a folder; `None`: mails wait in the database.
    mail: Option<String>,
    /// More lines of the settings of `organization`.
    organization: String,
    /// More lines of the settings of `token-signing`.
    token_signing: String,
    /// Variables of the environment, each with its value.
    environment: Vec<String>,
    /// The token with the signing keys; `None`: they are in the database.
    token: Option<SoftHsm>,
    processes: Mutex<BTreeMap<&'static str, Process>>,
}

/// The Redis that stores the sessions.
#[derive(Debug)]
enum Redis {
    Own(redis::Server),
    /// The lines of the `[redis]` section for the caller's own servers.
    Given(String),
}

impl Separate {
    /// Starts the stores and all processes, and imports the tests' tenant.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Starts the stores and all processes, and imports the given tenant file.
    pub async fn start_with(tenant: &str) -> Self {
        Self::builder().tenant(tenant).start().await
    }

    /// A builder, for other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    async fn start_all(&self) {
        for name in PROCESSES {
            let config = match name {
                FRONTEND => self.frontend_config(name, Replica::First),
                SECOND_FRONTEND => self.frontend_config(name, Replica::Second),
                _ => self.service_config(name),
            };
            self.write_config(name, &config);
            self.start_process(name);
        }
        self.wait_until_ready().await;
    }

    fn import(&self, tenant: &str) {
        let path = self.folder.path().join("tenant.yaml");
        std::fs::write(&path, tenant).expect("the folder can be written");
        self.command(&["import", &text(&path)], "").assert_success();
    }

    async fn wait_until_ready(&self) {
        for port in self.ports.values() {
            wait_until_open(*port, self.folder()).await;
        }
        if self.ports.is_empty() {
            for name in PROCESSES {
                wait_until_served(&self.socket(name), self.folder()).await;
            }
        }
        // It serves gRPC before it has connected to its store.
        for session in ["session", SECOND_SESSION] {
            let is_up = async || self.metric(session, "doorward_redis_up").await > 0.0;
            wait_until(&format!("Redis at {session}"), is_up, self.folder()).await;
        }
        for replica in [Replica::First, Replica::Second] {
            wait_until_ready(&self.http(replica), &self.issuer, self.folder()).await;
        }
        // A frontend that started first has seen backends that were not there yet, and tries again a little later.
        for frontend in [FRONTEND, SECOND_FRONTEND] {
            let connected = async || self.has_no_lost_backend(frontend).await;
            wait_until(&format!("backends of {frontend}"), connected, self.folder()).await;
        }
    }

    /// Waits until both frontends have received the revision of the first import.
    pub async fn wait_until_import_is_heard_of(&self) {
        for frontend in [FRONTEND, SECOND_FRONTEND] {
            let heard = async || self.metric(frontend, "doorward_registry_revision").await > 0.0;
            let what = format!("the registry's revision at {frontend}");
            wait_until(&what, heard, self.folder()).await;
        }
    }

    /// Kills a service, like a crash. The second replica of a service has `-2` in its name.
    pub fn kill(&self, name: &str) {
        self.process(name, Process::kill);
    }

    /// Stops a service by a signal, and returns its exit code.
    #[must_use]
    pub fn stop(&self, name: &str) -> u8 {
        self.process(name, |process| {
            process.signal("TERM");
            process.exit_code()
        })
    }

    /// Starts a stopped service again.
    pub fn start_process(&self, name: &'static str) {
        let log = self.folder.path().join(format!("{name}.log"));
        self.start_process_with_log(name, &log);
    }

    /// Like [`start_process`](Self::start_process), with another file, pipe or device for its output.
    pub fn start_process_with_log(&self, name: &'static str, log: &Path) {
        let config = self.config_path(name);
        let service = service_of(name);
        let (program, arguments) = self.build.service(service);
        let token = self.token.as_ref().filter(|_| service == "token-signing");
        let token = token.map(|token| format!("{}={}", softhsm::SETTINGS, text(&token.settings())));
        let environment: Vec<_> = self.environment.iter().cloned().chain(token).collect();
        let mut arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        arguments.extend(["--config".as_ref(), config.as_os_str()]);
        let process = Process::start_with(&environment, &program, &arguments, log);
        let mut processes = self
            .processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        processes.insert(name, process);
    }

    fn process<T>(&self, name: &str, act: impl FnOnce(&Process) -> T) -> T {
        let processes = self
            .processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        act(&processes[name])
    }

    /// The token with the signing keys, of a [`Builder::keys_in_token`].
    #[must_use]
    pub fn token(&self) -> &SoftHsm {
        self.token.as_ref().expect("the keys are in a token")
    }

    /// The process of a service, or of the frontend (`authorize-frontend`).
    #[must_use]
    pub fn process_id(&self, name: &str) -> u32 {
        self.process(name, Process::id)
    }

    /// Appends lines to the configuration file of a service, for its next start.
    pub fn configure(&self, name: &str, lines: &str) {
        let path = self.config_path(name);
        let config = std::fs::read_to_string(&path).expect("the file is ours");
        self.write_config(name, &format!("{config}{lines}"));
    }

    /// Waits until all services are ready.
    pub async fn wait_until_well(&self) {
        self.wait_until_ready().await;
    }

    /// The gRPC address of a service, as in the settings of its callers.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        match self.ports.get(name) {
            Some(port) if self.certificates.is_some() => format!("https://127.0.0.1:{port}"),
            Some(port) => format!("http://127.0.0.1:{port}"),
            None => format!("unix:{}", text(&self.socket(name))),
        }
    }

    /// A channel to a service.
    pub(crate) fn channel(&self, service: &'static str, replica: Replica) -> Channel {
        self.channel_as(replica.process(service), FRONTEND)
    }

    /// The path of a service's Unix socket.
    #[must_use]
    pub fn socket(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.sock"))
    }

    /// The value of a process's metric, named with its labels in the text format; 0 if it is absent.
    pub async fn metric(&self, name: &str, metric: &str) -> f64 {
        metric_in(&self.metrics(name).await, metric)
    }

    /// The metrics of a process, in the text format.
    pub async fn metrics(&self, name: &str) -> String {
        metrics_at((Ipv4Addr::LOCALHOST, self.metrics_ports[name]).into()).await
    }

    /// Whether a frontend is connected to all backends that it has called.
    async fn has_no_lost_backend(&self, frontend: &str) -> bool {
        let text = self.metrics(frontend).await;
        let mut lines = text.lines();
        !lines.any(|line| line.starts_with("doorward_backend_connections{") && line.ends_with(" 0"))
    }

    /// The database of a service.
    #[must_use]
    pub fn database(&self, name: &str) -> &str {
        &self.databases[name]
    }

    /// The Redis server of this deployment. Panics if the caller has given its own.
    #[must_use]
    pub fn redis(&self) -> &redis::Server {
        match &self.redis {
            Redis::Own(server) => server,
            Redis::Given(_) => panic!("the Redis server is the caller's own"),
        }
    }

    /// A client that resolves the common host name to the given frontend.
    pub(crate) fn http(&self, replica: Replica) -> Client {
        let listen = self.listen(replica);
        if let Some(tls) = &self.tls {
            return tls.http(listen);
        }
        let host = self.issuer.host_str().expect("the issuer names its host");
        let builder = http_builder().resolve(host, listen);
        builder.build().expect("an HTTP client")
    }

    /// The listen address of a frontend. A client can map a host name to another address but not to another port, so
    /// the two differ by address.
    fn listen(&self, replica: Replica) -> SocketAddr {
        let address = match replica {
            Replica::First => Ipv4Addr::LOCALHOST,
            Replica::Second => Ipv4Addr::new(127, 0, 0, 2),
        };
        SocketAddr::new(IpAddr::V4(address), self.http_port)
    }

    /// The base of all URLs, with a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        &self.issuer
    }

    /// The logs of all processes.
    #[must_use]
    pub fn log(&self) -> String {
        logs(self.folder())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> Outcome {
        let mut place = self.place();
        if let ["keys", ..] = arguments {
            place.extend(["--token-signing".to_owned(), self.address("token-signing")]);
        }
        let place = place.iter().map(String::as_str);
        let arguments: Vec<_> = arguments.iter().copied().chain(place).collect();
        self.build.run("doorward", &arguments, input)
    }

    /// The options with which a command reaches this deployment.
    pub(crate) fn place(&self) -> Vec<String> {
        let mut place = Vec::new();
        for (option, service) in [
            ("--registry", "client-registry"),
            ("--identity", "identity"),
            ("--session", "session"),
            ("--organization", "organization"),
        ] {
            place.extend([option.to_owned(), self.address(service)]);
        }
        if let Some(certificates) = &self.certificates {
            let folder = text(&certificates.folder("commands"));
            place.extend(["--certificates".to_owned(), folder]);
        }
        place
    }

    fn config_path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.toml"))
    }

    fn write_config(&self, name: &str, config: &str) {
        std::fs::write(self.config_path(name), config).expect("the folder can be written");
    }
}

/// The path as text, for settings and command lines.
fn text(path: &Path) -> String {
    path.to_str().expect("the path is text").to_owned()
}
