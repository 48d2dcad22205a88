//! `doorward serve`: all services in one process.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use doorward_test_support::free_port;
use doorward_test_support::process::Process;
use tempfile::TempDir;
use url::Url;

use crate::deployment::wait_until_ready;
use crate::program::{program, run};
use crate::{Outcome, TENANT};

/// The embedded server on a data folder of its own.
#[derive(Debug)]
pub struct Embedded {
    issuer: Url,
    folder: TempDir,
    process: Mutex<Process>,
}

impl Embedded {
    /// Starts the server with the tests' tenant and waits until it answers.
    pub async fn start() -> Self {
        Self::start_with(TENANT).await
    }

    /// Starts the server with that tenant file.
    pub async fn start_with(tenant: &str) -> Self {
        let port = free_port();
        let issuer = Url::parse(&format!("http://localhost:{port}/")).expect("a URL");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("tenant.yaml"), tenant)
            .expect("the folder can be written");
        let process = Mutex::new(serve(&issuer, folder.path()));
        wait_until_ready(&issuer, folder.path()).await;
        Self {
            issuer,
            folder,
            process,
        }
    }

    /// Stops the server as an operator does, checks that it ends well, and starts it again.
    pub async fn restart(&self) {
        {
            let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
            process.signal("TERM");
            assert_eq!(process.exit_code(), 0, "the server stops by itself");
            *process = serve(&self.issuer, self.folder.path());
        }
        wait_until_ready(&self.issuer, self.folder.path()).await;
    }

    /// The folder that `--data` names.
    #[must_use]
    pub fn data(&self) -> String {
        text(&self.folder.path().join("data"))
    }

    pub(crate) fn issuer(&self) -> &Url {
        &self.issuer
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> Outcome {
        run(
            "doorward",
            &[arguments, &["--data", &self.data()]].concat(),
            input,
        )
    }
}

fn serve(issuer: &Url, folder: &Path) -> Process {
    let listen = format!(
        "127.0.0.1:{}",
        issuer.port().expect("the issuer names its port")
    );
    let data = text(&folder.join("data"));
    let tenant = text(&folder.join("tenant.yaml"));
    let arguments = [
        "serve",
        "--listen",
        &listen,
        "--issuer",
        issuer.as_str(),
        "--data",
        &data,
        "--tenant",
        &tenant,
    ];
    let arguments = arguments.map(AsRef::as_ref);
    Process::start(
        &program("doorward"),
        &arguments,
        &folder.join("doorward.log"),
    )
}

fn text(path: &Path) -> String {
    path.to_str().expect("the path is text").to_owned()
}
