//! Six services as processes over gRPC, with real Postgres and Redis; of `session` and of the frontend there are two.

mod builder;
mod settings;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use builder::Builder;

use doorward_test_support::process::Process;
use doorward_test_support::redis;
use reqwest::Client;
use tempfile::TempDir;
use url::Url;

use crate::deployment::{
    http_builder, logs, wait_until, wait_until_open, wait_until_ready, wait_until_served,
};
use crate::tls::Tls;
use crate::{Build, Outcome};

/// The frontend that one reaches unless one asks for the other.
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

/// In the order of their start.
const PROCESSES: [&str; 8] = [
    SERVICES[0],
    SERVICES[1],
    SERVICES[2],
    SERVICES[3],
    SERVICES[4],
    SECOND_SESSION,
    FRONTEND,
    SECOND_FRONTEND,
];

/// Which of the two frontends, and with it which of the two `session`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replica {
    /// The frontend that one reaches unless one asks for the other.
    First,
    /// The one that serves the same issuer from another address.
    Second,
}

/// A deployment in which every service is a process of its own.
#[derive(Debug)]
pub struct Separate {
    build: Build,
    issuer: Url,
    /// Of both frontends, whose addresses differ.
    http_port: u16,
    tls: Option<Tls>,
    folder: TempDir,
    /// Of those who serve gRPC over TCP; without entries when all do over Unix sockets.
    ports: BTreeMap<&'static str, u16>,
    metrics_ports: BTreeMap<&'static str, u16>,
    databases: BTreeMap<&'static str, String>,
    redis: Redis,
    processes: Mutex<BTreeMap<&'static str, Process>>,
}

/// Where the sessions are.
#[derive(Debug)]
enum Redis {
    Own(redis::Server),
    /// The lines of the `[redis]` section, about servers that the caller keeps.
    Given(String),
}

impl Separate {
    /// Starts the stores and all processes and imports the tests' tenant.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Starts the stores and all processes and imports that tenant file.
    pub async fn start_with(tenant: &str) -> Self {
        Self::builder().tenant(tenant).start().await
    }

    /// For what is not as usual.
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
        // It serves before it has a store to look into.
        for session in ["session", SECOND_SESSION] {
            let is_up = async || self.metric(session, "doorward_redis_up").await > 0.0;
            wait_until(&format!("Redis at {session}"), is_up, self.folder()).await;
        }
        for replica in [Replica::First, Replica::Second] {
            wait_until_ready(&self.http(replica), &self.issuer, self.folder()).await;
        }
    }

    /// Waits until both frontends have heard of the import that the deployment started with, the registry's first change.
    pub async fn wait_until_import_is_heard_of(&self) {
        for frontend in [FRONTEND, SECOND_FRONTEND] {
            let heard = async || self.metric(frontend, "doorward_registry_revision").await > 0.0;
            let what = format!("the registry's revision at {frontend}");
            wait_until(&what, heard, self.folder()).await;
        }
    }

    /// Ends a service at once, as a crash does. The second replica of a service is a process with `-2` in its name.
    pub fn kill(&self, name: &str) {
        self.process(name, Process::kill);
    }

    /// Asks a service to stop and returns its exit code.
    #[must_use]
    pub fn stop(&self, name: &str) -> u8 {
        self.process(name, |process| {
            process.signal("TERM");
            process.exit_code()
        })
    }

    /// Starts a service that has ended, as it was started before.
    pub fn start_process(&self, name: &'static str) {
        let log = self.folder.path().join(format!("{name}.log"));
        self.start_process_with_log(name, &log);
    }

    /// The same, with another file, pipe or device for all that the service writes.
    pub fn start_process_with_log(&self, name: &'static str, log: &Path) {
        let config = self.config_path(name);
        let service = name.strip_suffix("-2").unwrap_or(name);
        let (program, arguments) = self.build.service(service);
        let mut arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        arguments.extend(["--config".as_ref(), config.as_os_str()]);
        let process = Process::start(&program, &arguments, log);
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

    /// Waits until all services answer.
    pub async fn wait_until_well(&self) {
        self.wait_until_ready().await;
    }

    /// Where a service serves gRPC, as its callers write it.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        match self.ports.get(name) {
            Some(port) => format!("http://127.0.0.1:{port}"),
            None => format!("unix:{}", text(&self.socket(name))),
        }
    }

    /// Where a service serves gRPC if it does over a Unix socket.
    #[must_use]
    pub fn socket(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.sock"))
    }

    /// The value of a metric of a process, with its labels as they are written; 0 while it was never counted.
    pub async fn metric(&self, name: &str, metric: &str) -> f64 {
        let url = format!("http://127.0.0.1:{}/metrics", self.metrics_ports[name]);
        let answer = reqwest::get(url).await.expect("metrics are served");
        let text = answer.text().await.expect("metrics are text");
        let line = text.lines().find_map(|line| line.strip_prefix(metric));
        line.map_or(0.0, |value| value.trim().parse().expect("a number"))
    }

    /// The database of a service.
    #[must_use]
    pub fn database(&self, name: &str) -> &str {
        &self.databases[name]
    }

    /// Where the sessions are, unless the caller has said where.
    #[must_use]
    pub fn redis(&self) -> &redis::Server {
        match &self.redis {
            Redis::Own(server) => server,
            Redis::Given(_) => panic!("the Redis server is the caller's own"),
        }
    }

    /// A client whose requests go to that frontend, by the name that both have.
    pub(crate) fn http(&self, replica: Replica) -> Client {
        let listen = self.listen(replica);
        if let Some(tls) = &self.tls {
            return tls.http(listen);
        }
        let host = self.issuer.host_str().expect("the issuer names its host");
        let builder = http_builder().resolve(host, listen);
        builder.build().expect("an HTTP client")
    }

    /// A port in an issuer cannot be resolved to another one, so it is the address that tells the two apart.
    fn listen(&self, replica: Replica) -> SocketAddr {
        let address = match replica {
            Replica::First => Ipv4Addr::LOCALHOST,
            Replica::Second => Ipv4Addr::new(127, 0, 0, 2),
        };
        SocketAddr::new(IpAddr::V4(address), self.http_port)
    }

    /// The base of all addresses, with a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        &self.issuer
    }

    /// Everything that the processes have written.
    #[must_use]
    pub fn log(&self) -> String {
        logs(self.folder())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> Outcome {
        let (registry, identity) = (self.address("client-registry"), self.address("identity"));
        let (session, organization) = (self.address("session"), self.address("organization"));
        let remote = [
            "--registry",
            &registry,
            "--identity",
            &identity,
            "--session",
            &session,
            "--organization",
            &organization,
        ];
        self.build
            .run("doorward", &[arguments, &remote].concat(), input)
    }

    fn config_path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.toml"))
    }

    fn write_config(&self, name: &str, config: &str) {
        std::fs::write(self.config_path(name), config).expect("the folder can be written");
    }
}

/// For settings and command lines.
fn text(path: &Path) -> String {
    path.to_str().expect("the path is text").to_owned()
}
