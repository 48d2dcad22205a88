//! A running Doorward: embedded, separate, or the compose stack.

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use doorward_service_kit::grpc::Channel;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::{Compose, Embedded, Outcome, Replica, Separate, TENANT, secrets};

/// How long a test waits for an event, enough for a busy machine. No test fails because something took long.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// The maximum duration of a request, also during an outage.
const ANSWERED: Duration = Duration::from_secs(30);

/// A running Doorward with the tests' tenant.
#[derive(Debug)]
pub enum Deployment {
    /// All services in one process.
    Embedded(Embedded),
    /// One process per service, with PostgreSQL and Redis.
    Separate(Separate),
    /// Containers that were running before the tests.
    Compose(Compose),
}

/// A user with the password to sign in.
#[derive(Debug, Clone)]
pub struct User {
    /// The email, with which the user signs in.
    pub email: String,
    /// The password in plain text.
    pub password: String,
}

impl User {
    /// A user that does not exist in any deployment yet.
    #[must_use]
    pub fn stranger() -> Self {
        let user = Self {
            email: format!("{}@example.test", doorward_service_kit::hex()),
            password: doorward_service_kit::secret(),
        };
        secrets::note(&user.email);
        secrets::note(&user.password);
        user
    }
}

impl Deployment {
    /// The base of all URLs, with a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        match self {
            Self::Embedded(deployment) => deployment.issuer(),
            Self::Separate(deployment) => deployment.issuer(),
            Self::Compose(stack) => stack.issuer(),
        }
    }

    /// A client with a timeout, without redirects, that resolves the deployment's host name.
    pub(crate) fn http(&self, replica: Replica) -> Client {
        match self {
            Self::Embedded(deployment) => deployment.http(),
            Self::Separate(deployment) => deployment.http(replica),
            Self::Compose(stack) => stack.http(replica),
        }
    }

    /// A channel to a service, like the frontend's. Of separate processes only `session`, `organization` and
    /// `token-signing` have a second replica.
    #[must_use]
    pub fn channel(&self, service: &'static str, replica: Replica) -> Channel {
        match self {
            Self::Embedded(_) => panic!("the embedded server has no gRPC"),
            Self::Separate(deployment) => deployment.channel(service, replica),
            Self::Compose(stack) => stack.channel(service, replica),
        }
    }

    /// Runs a command of `doorward` on this deployment.
    #[must_use]
    pub fn command(&self, arguments: &[&str], input: &str) -> Outcome {
        match self {
            Self::Embedded(deployment) => deployment.command(arguments, input),
            Self::Separate(deployment) => deployment.command(arguments, input),
            Self::Compose(stack) => stack.command(arguments, input),
        }
    }

    /// The program and the options with which a command reaches this deployment.
    #[must_use]
    pub fn command_line(&self) -> Vec<String> {
        let place = match self {
            Self::Embedded(deployment) => deployment.place(),
            Self::Separate(deployment) => deployment.place(),
            Self::Compose(stack) => stack.place(),
        };
        let program = crate::program("doorward").into_os_string();
        let program = program.into_string().expect("the path is text");
        [vec![program], place].concat()
    }

    /// Creates a user for one test.
    #[must_use]
    #[track_caller]
    pub fn add_user(&self) -> User {
        let user = User::stranger();
        self.command(&["user", "add", &user.email], &user.password)
            .assert_success();
        user
    }

    /// The logs of all processes.
    #[must_use]
    pub fn log(&self) -> String {
        match self {
            Self::Embedded(deployment) => logs(deployment.folder()),
            Self::Separate(deployment) => logs(deployment.folder()),
            Self::Compose(stack) => stack.log(),
        }
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embedded(_) => "the embedded server",
            Self::Separate(_) => "separate processes",
            Self::Compose(_) => "the compose stack",
        })
    }
}

/// Runs a test on each kind of deployment, or on the compose stack only if the tests were given one. Concurrent tests
/// share the deployments, so a test must not disturb others.
pub async fn on_every_deployment(story: impl AsyncFn(&Deployment)) {
    static EMBEDDED: Shared = Shared::new();
    static SEPARATE: Shared = Shared::new();
    if Compose::is_given() {
        return on(stack(TENANT).await, &story).await;
    }
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

/// Runs a test on separate processes with HTTPS and its own tenant, or on the compose stack. Shared like
/// [`on_secure_deployment`].
pub async fn on_secure_replicas(tenant: &str, story: impl AsyncFnOnce(&Deployment)) {
    static REPLICAS: Shared = Shared::new();
    if Compose::is_given() {
        return on(stack(tenant).await, story).await;
    }
    let replicas = REPLICAS
        .get(async || {
            let builder = Separate::builder().tenant(tenant).secure();
            Deployment::Separate(builder.start().await)
        })
        .await;
    on(&replicas, story).await;
}

/// Runs a test on separate processes with HTTPS, mutual TLS between them, and its own tenant. Shared like
/// [`on_secure_deployment`].
pub async fn on_mutual_tls(tenant: &str, story: impl AsyncFnOnce(&Deployment)) {
    static SERVICES: Shared = Shared::new();
    let services = SERVICES
        .get(async || {
            let builder = Separate::builder().tenant(tenant).secure().mutual_tls();
            Deployment::Separate(builder.start().await)
        })
        .await;
    on(&services, story).await;
}

/// Runs a test on an embedded server with HTTPS and its own tenant, or on the compose stack. Concurrent tests share the
/// server, so every call must pass the same tenant.
pub async fn on_secure_deployment(tenant: &str, story: impl AsyncFnOnce(&Deployment)) {
    static SECURE: Shared = Shared::new();
    if Compose::is_given() {
        return on(stack(tenant).await, story).await;
    }
    let secure = SECURE
        .get(async || Deployment::Embedded(Embedded::start_secure_with(tenant).await))
        .await;
    on(&secure, story).await;
}

/// Runs a test on its own separate processes, which it may kill.
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

/// Runs a test on its own embedded server, which it may stop.
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

/// Runs a test on the compose stack, alone: it may break things. The stack has the tests' tenant.
pub async fn on_compose(story: impl AsyncFnOnce(&Arc<Deployment>, &Compose)) {
    static ALONE: Mutex<()> = Mutex::const_new(());
    let _alone = ALONE.lock().await;
    let deployment = Arc::new(Deployment::Compose(Compose::find(TENANT).await));
    let Deployment::Compose(stack) = &*deployment else {
        unreachable!()
    };
    on(&deployment, async |_| story(&deployment, stack).await).await;
}

/// The compose stack, with that tenant. Tests of other tenants need a new stack.
async fn stack(tenant: &str) -> &'static Deployment {
    static STACK: OnceCell<(String, Deployment)> = OnceCell::const_new();
    let find = async || {
        let stack = Compose::find(tenant).await;
        (tenant.to_owned(), Deployment::Compose(stack))
    };
    let (imported, stack) = STACK.get_or_init(find).await;
    assert_eq!(imported, tenant, "the stack has another tenant");
    stack
}

/// Runs a test on one deployment, and prints the logs if the test fails. No log may hold a secret (SEC-192); those of
/// containers are not read after each test.
pub async fn on(deployment: &Deployment, story: impl AsyncFnOnce(&Deployment)) {
    let _log = LogOnPanic(deployment);
    let met_before = secrets::count();
    story(deployment).await;
    if !matches!(deployment, Deployment::Compose(_)) {
        secrets::assert_absent(&deployment.log(), met_before);
    }
}

/// A deployment that stops with its last user.
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

/// A client with a timeout, which follows no redirect.
pub(crate) fn http_builder() -> ClientBuilder {
    Client::builder().redirect(Policy::none()).timeout(ANSWERED)
}

/// Waits until a deployment serves its public keys, which it reads last.
pub(crate) async fn wait_until_ready(http: &Client, issuer: &Url, folder: &Path) {
    let jwks = issuer.join(".well-known/jwks.json").expect("a URL");
    let answers = async || {
        let answer = http.get(jwks.clone()).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    };
    wait_until("an answer over HTTP", answers, folder).await;
}

/// Waits until a port accepts connections.
pub(crate) async fn wait_until_open(port: u16, folder: &Path) {
    wait_until(
        &format!("a listener on port {port}"),
        async || TcpStream::connect(("127.0.0.1", port)).await.is_ok(),
        folder,
    )
    .await;
}

/// Waits until a Unix socket accepts connections.
pub(crate) async fn wait_until_served(socket: &Path, folder: &Path) {
    let what = format!("a listener at {}", socket.display());
    wait_until(
        &what,
        async || UnixStream::connect(socket).await.is_ok(),
        folder,
    )
    .await;
}

/// Waits until a condition holds. Panics with `what` if it never does.
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
