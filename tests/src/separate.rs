//! Six processes over gRPC, with real Postgres and Redis.

mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use doorward_test_support::process::Process;
use doorward_test_support::{free_port, postgres, redis};
use tempfile::TempDir;
use url::Url;

use crate::deployment::{http, logs, wait_until_open, wait_until_ready};
use crate::program::{program, run};
use crate::{Outcome, TENANT};

const FRONTEND: &str = "authorize-frontend";
/// The services behind the frontend.
pub const SERVICES: [&str; 5] = [
    "client-registry",
    "identity",
    "session",
    "organization",
    "token-signing",
];

/// A deployment in which every service is a process of its own.
#[derive(Debug)]
pub struct Separate {
    issuer: Url,
    folder: TempDir,
    ports: BTreeMap<&'static str, u16>,
    databases: BTreeMap<&'static str, String>,
    redis: redis::Server,
    processes: Mutex<BTreeMap<&'static str, Process>>,
}

impl Separate {
    /// Starts the stores and all processes and imports the tests' tenant.
    pub async fn start() -> Self {
        Self::start_with(TENANT).await
    }

    /// Starts the stores and all processes and imports that tenant file.
    pub async fn start_with(tenant: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let names = SERVICES.into_iter().chain([FRONTEND]);
        let ports = names.map(|name| (name, free_port())).collect();
        let mut databases = BTreeMap::new();
        for name in SERVICES.into_iter().filter(|name| *name != "session") {
            databases.insert(name, postgres::database().await);
        }
        let issuer = Url::parse(&format!("http://localhost:{}/", free_port())).expect("a URL");
        let redis = redis::Server::start().await;
        let deployment = Self {
            issuer,
            folder,
            ports,
            databases,
            redis,
            processes: Mutex::default(),
        };
        deployment.start_all().await;
        deployment.import(tenant);
        deployment
    }

    async fn start_all(&self) {
        for name in SERVICES {
            self.write_config(name, &self.service_config(name));
            self.start_process(name);
        }
        self.write_config(FRONTEND, &self.frontend_config());
        self.start_process(FRONTEND);
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
        wait_until_ready(&http(), &self.issuer, self.folder()).await;
    }

    /// Ends a service at once, as a crash does.
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
        let config = self.config_path(name);
        let arguments = ["--config".as_ref(), config.as_os_str()];
        let log = self.folder.path().join(format!("{name}.log"));
        let process = Process::start(&program(&format!("doorward-{name}")), &arguments, &log);
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

    /// Where a service serves gRPC.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}", self.ports[name])
    }

    /// The database of a service.
    #[must_use]
    pub fn database(&self, name: &str) -> &str {
        &self.databases[name]
    }

    /// Where the sessions are.
    #[must_use]
    pub fn redis(&self) -> &redis::Server {
        &self.redis
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
        run("doorward", &[arguments, &remote].concat(), input)
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
