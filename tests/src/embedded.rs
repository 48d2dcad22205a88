//! `doorward serve`: all services in one process.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use doorward_test_support::free_port;
use doorward_test_support::process::Process;
use reqwest::Client;
use tempfile::TempDir;
use url::Url;

use crate::deployment::{http, wait_until_ready};
use crate::tls::Tls;
use crate::{Build, Outcome, TENANT};

/// An embedded server with its own data folder.
#[derive(Debug)]
pub struct Embedded {
    build: Build,
    issuer: Url,
    listen: SocketAddr,
    tls: Option<Tls>,
    folder: TempDir,
    /// The limit of open files; `None` for that of the test.
    open_files: Option<u32>,
    /// More options of `doorward serve`.
    options: Vec<String>,
    /// Variables of the environment, each with its value.
    environment: Mutex<Vec<String>>,
    process: Mutex<Option<Process>>,
}

impl Embedded {
    /// Starts the server with the tests' tenant, and waits until it is ready.
    pub async fn start() -> Self {
        Self::start_with(TENANT).await
    }

    /// Starts the server with the given tenant file.
    pub async fn start_with(tenant: &str) -> Self {
        Self::start_build(Build::own(), tenant).await
    }

    /// Starts the server of a build with the given tenant file.
    pub async fn start_build(build: Build, tenant: &str) -> Self {
        let listen = free_address();
        let issuer = format!("http://localhost:{}/", listen.port());
        Self::new(build, &issuer, listen, |_| None, tenant, None, &[]).await
    }

    /// Starts the server with the given tenant file and more options of `doorward serve`.
    pub async fn start_with_options(tenant: &str, options: &[&str]) -> Self {
        let listen = free_address();
        let issuer = format!("http://localhost:{}/", listen.port());
        let build = Build::own();
        Self::new(build, &issuer, listen, |_| None, tenant, None, options).await
    }

    /// Starts the server with the tests' tenant and a limit of open files and sockets; with HTTPS if `secure`.
    pub async fn start_with_open_files(open_files: u32, secure: bool) -> Self {
        let listen = free_address();
        let issuer = if secure {
            Tls::issuer()
        } else {
            format!("http://localhost:{}/", listen.port())
        };
        let tls = |folder: &Path| secure.then(|| Tls::make(folder));
        let build = Build::own();
        let files = Some(open_files);
        Self::new(build, &issuer, listen, tls, TENANT, files, &[]).await
    }

    /// Starts the server with the given tenant file and HTTPS, at `https://auth.example.test/`.
    pub async fn start_secure_with(tenant: &str) -> Self {
        let listen = free_address();
        let tls = |folder: &Path| Some(Tls::make(folder));
        let build = Build::own();
        Self::new(build, &Tls::issuer(), listen, tls, tenant, None, &[]).await
    }

    async fn new(
        build: Build,
        issuer: &str,
        listen: SocketAddr,
        tls: impl FnOnce(&Path) -> Option<Tls>,
        tenant: &str,
        open_files: Option<u32>,
        options: &[&str],
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("tenant.yaml"), tenant)
            .expect("the folder can be written");
        let deployment = Self {
            build,
            issuer: Url::parse(issuer).expect("a URL"),
            listen,
            tls: tls(folder.path()),
            folder,
            open_files,
            options: options.iter().map(|&option| option.to_owned()).collect(),
            environment: Mutex::default(),
            process: Mutex::default(),
        };
        *deployment.process() = Some(deployment.serve(&deployment.log_file()));
        deployment.wait_until_ready().await;
        deployment
    }

    /// Restarts the server with variables in its environment, each as `NAME=value`.
    pub async fn restart_with_environment(&self, variables: &[&str]) {
        let variables = variables.iter().map(|&variable| variable.to_owned());
        *self
            .environment
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = variables.collect();
        self.restart().await;
    }

    /// Stops the server by a signal, checks its exit code, and starts it again.
    pub async fn restart(&self) {
        self.restart_with_log(&self.log_file()).await;
    }

    /// Like [`restart`](Self::restart), with another file, pipe or device for its output.
    pub async fn restart_with_log(&self, log: &Path) {
        assert_eq!(self.stop("TERM"), 0, "the server stops by itself");
        *self.process() = Some(self.serve(log));
        self.wait_until_ready().await;
    }

    /// Stops the server by a signal, and returns its exit code; 0 if it is not running.
    #[must_use]
    pub fn stop(&self, signal: &str) -> u8 {
        let process = self.process().take();
        process.map_or(0, |process| {
            process.signal(signal);
            process.exit_code()
        })
    }

    /// Ends the server at once, with `kill -9`.
    pub fn kill(&self) {
        if let Some(process) = self.process().take() {
            process.kill();
        }
    }

    /// Starts a stopped server, and waits until it is ready.
    pub async fn start_again(&self) {
        *self.process() = Some(self.serve(&self.log_file()));
        self.wait_until_ready().await;
    }

    fn log_file(&self) -> PathBuf {
        self.folder().join("doorward.log")
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// The certificate (PEM) of a server with HTTPS.
    #[must_use]
    pub fn certificate(&self) -> Option<&Path> {
        self.tls.as_ref().map(Tls::certificate)
    }

    /// The folder that `--data` names.
    #[must_use]
    pub fn data(&self) -> String {
        text(&self.folder.path().join("data"))
    }

    /// The id of the server's process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process().as_ref().expect("the server runs").id()
    }

    /// The base of all URLs, with a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        &self.issuer
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn http(&self) -> Client {
        match &self.tls {
            Some(tls) => tls.http(self.listen),
            None => http(),
        }
    }

    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> Outcome {
        let place = self.place();
        let place: Vec<_> = place.iter().map(String::as_str).collect();
        self.build
            .run("doorward", &[arguments, &place].concat(), input)
    }

    /// The options with which a command reaches this server.
    pub(crate) fn place(&self) -> Vec<String> {
        vec!["--data".to_owned(), self.data()]
    }

    async fn wait_until_ready(&self) {
        wait_until_ready(&self.http(), &self.issuer, self.folder()).await;
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, log: &Path) -> Process {
        let listen = self.listen.to_string();
        let (data, tenant) = (self.data(), self.folder().join("tenant.yaml"));
        let mut arguments: Vec<&OsStr> = Vec::from(
            [
                "serve",
                "--listen",
                &listen,
                "--issuer",
                self.issuer.as_str(),
            ]
            .map(OsStr::new),
        );
        arguments.extend([OsStr::new("--data"), data.as_ref()]);
        arguments.extend([OsStr::new("--tenant"), tenant.as_os_str()]);
        if let Some(tls) = &self.tls {
            arguments.extend([OsStr::new("--tls-cert"), tls.certificate().as_os_str()]);
            arguments.extend([OsStr::new("--tls-key"), tls.key().as_os_str()]);
        }
        arguments.extend(self.options.iter().map(OsStr::new));
        let doorward = self.build.program("doorward");
        let environment = self.environment.lock();
        let environment = environment.unwrap_or_else(PoisonError::into_inner);
        let Some(files) = self.open_files else {
            return Process::start_with(&environment, &doorward, &arguments, log);
        };
        // Both limits: the server raises the soft one to the hard one.
        let script = format!("ulimit -n {files} && exec \"$@\"");
        let shell = ["-c", &script, "sh"].map(OsStr::new);
        let arguments = [&shell, &[doorward.as_os_str()][..], &arguments].concat();
        Process::start_with(&environment, Path::new("/bin/sh"), &arguments, log)
    }
}

fn free_address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, free_port()).into()
}

fn text(path: &Path) -> String {
    path.to_str().expect("the path is text").to_owned()
}
