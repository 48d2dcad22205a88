//! A running Doorward, whichever way it runs.

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Mutex;
use url::Url;

use crate::{Embedded, Outcome, Replica, Separate};

/// How long a test waits for what a busy machine does late. Nothing is right or wrong for the time it takes.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// Every request is answered by then, also when what it needs is gone.
const ANSWERED: Duration = Duration::from_secs(30);

/// A running Doorward with the tests' tenant.
#[derive(Debug)]
pub enum Deployment {
    /// All services in one process.
    Embedded(Embedded),
    /// One process for each service, with Postgres and Redis.
    Separate(Separate),
}

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub struct User {
    /// Also the name that they sign in with.
    pub email: String,
    /// As they type it.
    pub password: String,
}

impl User {
    /// Somebody whom no deployment knows yet.
    #[must_use]
    pub fn stranger() -> Self {
        Self {
            email: format!("{}@example.test", doorward_service_kit::hex()),
            password: doorward_service_kit::secret(),
        }
    }
}

impl Deployment {
    /// The base of all addresses, with a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        match self {
            Self::Embedded(deployment) => deployment.issuer(),
            Self::Separate(deployment) => deployment.issuer(),
        }
    }

    /// A client that gives up rather than wait for ever, follows no redirect, and finds the deployment by its name.
    pub(crate) fn http(&self, replica: Replica) -> Client {
        match self {
            Self::Embedded(deployment) => deployment.http(),
            Self::Separate(deployment) => deployment.http(replica),
        }
    }

    /// Runs `doorward` with a command that acts on this deployment.
    #[must_use]
    pub fn command(&self, arguments: &[&str], input: &str) -> Outcome {
        match self {
            Self::Embedded(deployment) => deployment.command(arguments, input),
            Self::Separate(deployment) => deployment.command(arguments, input),
        }
    }

    /// Creates a user whom no other test knows.
    #[must_use]
    #[track_caller]
    pub fn add_user(&self) -> User {
        let user = User::stranger();
        self.command(&["user", "add", &user.email], &user.password)
            .assert_success();
        user
    }

    /// Everything that the processes have written.
    #[must_use]
    pub fn log(&self) -> String {
        let folder = match self {
            Self::Embedded(deployment) => deployment.folder(),
            Self::Separate(deployment) => deployment.folder(),
        };
        logs(folder)
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embedded(_) => "the embedded server",
            Self::Separate(_) => "separate processes",
        })
    }
}

/// Tells a story to each kind of deployment. Stories that run at the same time share them, so a story must not disturb
/// others.
pub async fn on_every_deployment(story: impl AsyncFn(&Deployment)) {
    static EMBEDDED: Shared = Shared::new();
    static SEPARATE: Shared = Shared::new();
    let embedded = EMBEDDED
        .get(async || Deployment::Embedded(Embedded::start().await))
        .await;
    on(&embedded, &story).await;
    drop(embedded);
    let separate = SEPARATE
        .get(async || Deployment::Separate(Separate::start().await))
        .await;
    on(&separate, &story).await;
}

/// Tells a story to separate processes that are reached by HTTPS, with a tenant of its own. Shared as with
/// [`on_secure_deployment`].
pub async fn on_secure_replicas(tenant: &str, story: impl AsyncFnOnce(&Deployment)) {
    static REPLICAS: Shared = Shared::new();
    let replicas = REPLICAS
        .get(async || {
            let builder = Separate::builder().tenant(tenant).secure();
            Deployment::Separate(builder.start().await)
        })
        .await;
    on(&replicas, story).await;
}

/// Tells a story to an embedded server that is reached by HTTPS, with a tenant of its own. Such stories share it when they
/// run at the same time, so every call has to name the same tenant.
pub async fn on_secure_deployment(tenant: &str, story: impl AsyncFnOnce(&Deployment)) {
    static SECURE: Shared = Shared::new();
    let secure = SECURE
        .get(async || Deployment::Embedded(Embedded::start_secure_with(tenant).await))
        .await;
    on(&secure, story).await;
}

/// Tells a story to separate processes of its own, which it may kill.
pub async fn on_separate_processes(story: impl AsyncFnOnce(&Deployment, &Separate)) {
    let deployment = Deployment::Separate(Separate::start().await);
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        story(deployment, separate).await;
    })
    .await;
}

/// Tells a story to an embedded server of its own, which it may stop.
pub async fn on_embedded(story: impl AsyncFnOnce(&Deployment, &Embedded)) {
    let deployment = Deployment::Embedded(Embedded::start().await);
    on(&deployment, async |deployment| {
        let Deployment::Embedded(embedded) = deployment else {
            unreachable!()
        };
        story(deployment, embedded).await;
    })
    .await;
}

/// Tells a story to one deployment and shows what its processes wrote when the story ends badly.
pub async fn on(deployment: &Deployment, story: impl AsyncFnOnce(&Deployment)) {
    let _log = LogOnPanic(deployment);
    story(deployment).await;
}

/// Lives as long as somebody uses it.
struct Shared(Mutex<Weak<Deployment>>);

impl Shared {
    const fn new() -> Self {
        Self(Mutex::const_new(Weak::new()))
    }

    async fn get<F: Future<Output = Deployment>>(
        &self,
        start: impl FnOnce() -> F,
    ) -> Arc<Deployment> {
        let mut running = self.0.lock().await;
        if let Some(deployment) = running.upgrade() {
            return deployment;
        }
        let deployment = Arc::new(start().await);
        *running = Arc::downgrade(&deployment);
        deployment
    }
}

struct LogOnPanic<'a>(&'a Deployment);

impl Drop for LogOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("on {}:\n{}", self.0, self.0.log());
        }
    }
}

pub(crate) fn logs(folder: &Path) -> String {
    let mut logs = String::new();
    for file in std::fs::read_dir(folder).expect("the folder is there") {
        let path = file.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "log") {
            let text = std::fs::read(&path).expect("the log can be read");
            logs.extend([
                &path.to_string_lossy(),
                ":\n",
                &String::from_utf8_lossy(&text),
            ]);
        }
    }
    logs
}

pub(crate) fn http() -> Client {
    http_builder().build().expect("an HTTP client")
}

/// Gives up rather than wait for ever, and follows no redirect.
pub(crate) fn http_builder() -> ClientBuilder {
    Client::builder().redirect(Policy::none()).timeout(ANSWERED)
}

/// Waits until a deployment answers. The keys are what it knows last.
pub(crate) async fn wait_until_ready(http: &Client, issuer: &Url, folder: &Path) {
    let jwks = issuer.join(".well-known/jwks.json").expect("a URL");
    let answers = async || {
        let answer = http.get(jwks.clone()).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    };
    wait_until("an answer over HTTP", answers, folder).await;
}

/// Waits until somebody listens on a port.
pub(crate) async fn wait_until_open(port: u16, folder: &Path) {
    wait_until(
        &format!("a listener on port {port}"),
        async || TcpStream::connect(("127.0.0.1", port)).await.is_ok(),
        folder,
    )
    .await;
}

/// Waits until somebody listens at a Unix socket.
pub(crate) async fn wait_until_served(socket: &Path, folder: &Path) {
    let what = format!("a listener at {}", socket.display());
    wait_until(
        &what,
        async || UnixStream::connect(socket).await.is_ok(),
        folder,
    )
    .await;
}

/// Waits until something is so, and says what if it never is.
pub(crate) async fn wait_until(what: &str, condition: impl AsyncFn() -> bool, folder: &Path) {
    let begin = Instant::now();
    while !condition().await {
        assert!(
            begin.elapsed() < PATIENCE,
            "{what} was expected:\n{}",
            logs(folder)
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
