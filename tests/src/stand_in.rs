//! `doorward serve --ephemeral`: a server for the tests of other people.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use doorward_test_support::free_port;
use doorward_test_support::process::Process;
use reqwest::{Client, Method, RequestBuilder};
use tempfile::TempDir;
use url::Url;

use crate::deployment::{http, http_builder, wait_until_ready};
use crate::{Agent, program};

/// A server that keeps nothing on disk.
#[derive(Debug)]
pub struct StandIn {
    folder: TempDir,
    issuer: Url,
    listen: SocketAddr,
    control: SocketAddr,
    process: Process,
}

impl StandIn {
    /// Starts a server under the given host name, over plain HTTP, and waits until it is ready. Cookies are those for
    /// plain HTTP, except at `localhost`.
    pub async fn start(host: &str, tenant: &str, users: &str) -> Self {
        let files = [("tenant.yaml", tenant), ("users.json", users)];
        let options: &[_] = match host {
            "localhost" => &["--ephemeral"],
            _ => &["--ephemeral", "--insecure-http-issuer-for-tests"],
        };
        Self::start_with(host, &files, options).await
    }

    /// Starts a server with a data folder and a control address, which is none for tests.
    pub async fn start_lasting() -> Self {
        Self::start_with("localhost", &[], &["--data", "data"]).await
    }

    async fn start_with(host: &str, files: &[(&str, &str)], options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).expect("the folder can be written");
        }
        let address = || SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let (listen, control) = (address(), address());
        let issuer = format!("http://{host}:{}/", listen.port());
        let (listen_at, control_at) = (listen.to_string(), control.to_string());
        let mut arguments = vec!["serve", "--issuer", &issuer, "--listen", &listen_at];
        arguments.extend(["--control-listen", &control_at, "--seed"]);
        let data = folder.path().join("data");
        let mut arguments: Vec<_> = arguments.into_iter().map(OsStr::new).collect();
        arguments.push(folder.path().as_os_str());
        arguments.extend(options.iter().map(|option| match *option {
            "data" => data.as_os_str(),
            option => OsStr::new(option),
        }));
        let log = folder.path().join("doorward.log");
        let server = Self {
            process: Process::start(&program("doorward"), &arguments, &log),
            issuer: Url::parse(&issuer).expect("a URL"),
            folder,
            listen,
            control,
        };
        wait_until_ready(&server.http(), &server.issuer, server.folder.path()).await;
        server
    }

    /// The base of all URLs, with a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        &self.issuer
    }

    /// A profile without any cookies.
    #[must_use]
    pub fn agent(&self) -> Agent {
        Agent::of(self.http(), &self.issuer)
    }

    /// Begins a request to the control address.
    pub fn control(&self, method: Method, path: &str) -> RequestBuilder {
        http().request(method, format!("http://{}{path}", self.control))
    }

    /// The control address.
    #[must_use]
    pub fn control_address(&self) -> SocketAddr {
        self.control
    }

    /// Returns the server to its seed.
    pub async fn reset(&self) {
        let reset = self.control(Method::POST, "/reset").send().await;
        assert_eq!(reset.expect("the control address answers").status(), 204);
    }

    /// The database files that the server has open.
    #[must_use]
    pub fn open_databases(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.process.id()));
        let files = files.expect("the server runs").flatten();
        let paths = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        paths
            .filter(|path| path.extension() == Some(OsStr::new("db")))
            .collect()
    }

    /// Stops the server by SIGTERM, and returns its exit code and its log.
    #[must_use]
    pub fn stop(self) -> (u8, String) {
        self.process.signal("TERM");
        let code = self.process.exit_code();
        let log = std::fs::read_to_string(self.folder.path().join("doorward.log"));
        (code, log.expect("the log can be read"))
    }

    fn http(&self) -> Client {
        let host = self.issuer.host_str().expect("a host");
        let builder = http_builder().resolve(host, self.listen);
        builder.build().expect("an HTTP client")
    }
}
