//! A running server with signed-in browsers.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use doorward_e2e::{Build, Deployment, Embedded, Keys, Separate, TENANT, User};
use url::Url;

use super::job::{Ask, Job};
use super::peer::Peer;
use super::process::Process;
use super::sign_in;
use super::way::Way;
use crate::store::Store;

/// The services of a separate deployment.
const SERVICES: [&str; 6] = [
    "authorize-frontend",
    "client-registry",
    "identity",
    "organization",
    "session",
    "token-signing",
];
/// The number of signed-in browsers, each with another user. More connections share them, like tabs.
const BROWSERS: usize = 16;

/// A measured server.
#[derive(Debug)]
pub(crate) struct Target {
    /// How it runs.
    pub(crate) way: Way,
    /// The processes with counted CPU time; without PostgreSQL, which a silent authentication does not use.
    pub(crate) processes: Vec<Process>,
    /// `Cookie` headers of signed-in browsers.
    pub(crate) cookies: Arc<[String]>,
    /// Its public keys.
    pub(crate) keys: Keys,
    server: Server,
}

#[derive(Debug)]
enum Server {
    Doorward(Box<Deployment>),
    Peer(Peer),
}

impl Target {
    /// Six processes of a build, with Redis and PostgreSQL.
    pub(crate) async fn six(way: Way, build: Build) -> Self {
        let builder = Separate::builder().build(build);
        let builder = match way {
            Way::SixUnix => builder.unix_sockets(),
            Way::SixTls => builder.mutual_tls(),
            _ => builder,
        };
        let deployment = builder.start().await;
        let mut processes: Vec<_> = SERVICES
            .map(|name| Process {
                name,
                id: deployment.process_id(name),
            })
            .into();
        processes.push(redis(deployment.redis().url()));
        Self::doorward(way, Deployment::Separate(deployment), processes).await
    }

    /// `doorward serve` of a build.
    pub(crate) async fn one(way: Way, build: Build) -> Self {
        let deployment = Embedded::start_build(build, TENANT).await;
        let process = Process {
            name: "doorward",
            id: deployment.process_id(),
        };
        Self::doorward(way, Deployment::Embedded(deployment), vec![process]).await
    }

    async fn doorward(way: Way, deployment: Deployment, processes: Vec<Process>) -> Self {
        let mut cookies = Vec::new();
        for _ in 0..BROWSERS {
            let user = deployment.add_user();
            cookies.push(sign_in::cookies(&deployment, &user).await);
        }
        Self {
            way,
            processes,
            cookies: cookies.into(),
            keys: Keys::fetch(&deployment).await,
            server: Server::Doorward(Box::new(deployment)),
        }
    }

    /// oidc-provider, with the Redis of the six processes.
    pub(crate) async fn peer(six: &Self) -> Self {
        let Some(Deployment::Separate(separate)) = six.deployment() else {
            panic!("six processes have a Redis");
        };
        let url = separate.redis().url();
        let peer = Peer::start(&url).await;
        let mut cookies = Vec::new();
        for _ in 0..BROWSERS {
            cookies.push(peer.sign_in(&User::stranger().email).await);
        }
        let process = Process {
            name: "oidc-provider",
            id: peer.process_id(),
        };
        Self {
            way: Way::Peer,
            processes: vec![process, redis(url)],
            cookies: cookies.into(),
            keys: Keys::fetch_from(peer.issuer()).await,
            server: Server::Peer(peer),
        }
    }

    /// The request for a job; `None` if the server does not support it.
    pub(crate) fn ask(&self, job: Job) -> Option<Ask> {
        match self.server {
            Server::Doorward(_) => Some(job.for_doorward()),
            Server::Peer(_) => job.for_peer(),
        }
    }

    /// The deployment; `None` for oidc-provider.
    pub(crate) fn deployment(&self) -> Option<&Deployment> {
        match &self.server {
            Server::Doorward(deployment) => Some(deployment),
            Server::Peer(_) => None,
        }
    }

    /// The address that it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        let port = self.url().port().expect("the issuer names its port");
        (Ipv4Addr::LOCALHOST, port).into()
    }

    /// Its `Host` header.
    pub(crate) fn host(&self) -> String {
        self.url().authority().to_owned()
    }

    /// CPU-milliseconds of each process since its start.
    pub(crate) fn cpu(&self) -> Vec<f64> {
        self.processes.iter().map(Process::cpu).collect()
    }

    /// Resident MiB of each of its processes.
    pub(crate) fn resident(&self) -> Vec<(&'static str, f64)> {
        let own = self.processes.iter().filter(|it| it.name != "redis");
        own.map(|it| (it.name, it.resident())).collect()
    }

    fn url(&self) -> &Url {
        match &self.server {
            Server::Doorward(deployment) => deployment.issuer(),
            Server::Peer(peer) => peer.url(),
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let (true, Some(deployment)) = (std::thread::panicking(), self.deployment()) {
            let log = deployment.log();
            let bad = log
                .lines()
                .filter(|line| line.contains(" ERROR ") || line.contains("panicked"));
            let bad = bad.collect::<Vec<_>>().join("\n");
            eprintln!("errors in the log of {}:\n{bad}", self.way.name());
        }
    }
}

fn redis(url: String) -> Process {
    let id = Store::new(url).number("server", "process_id");
    Process {
        name: "redis",
        id: u32::try_from(id).expect("a process id"),
    }
}
