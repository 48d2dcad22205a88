//! Settings of a deployment with separate processes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use doorward_test_support::softhsm::SoftHsm;
use doorward_test_support::{free_port, postgres, redis};
use url::Url;

use super::certificates::Certificates;
use super::{PROCESSES, Redis, SERVICES, Separate, TOKEN_LABEL};
use crate::tls::Tls;
use crate::{Build, TENANT};

/// A deployment before its start.
#[derive(Debug)]
#[must_use]
pub struct Builder {
    build: Build,
    tenant: String,
    redis: Option<String>,
    secure: bool,
    mutual_tls: bool,
    unix_sockets: bool,
    mail: Option<String>,
    organization: String,
    token_signing: String,
    environment: Vec<String>,
    /// The label of the token that has the signing keys.
    token: Option<&'static str>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            build: Build::own(),
            tenant: TENANT.to_owned(),
            redis: None,
            secure: false,
            mutual_tls: false,
            unix_sockets: false,
            mail: None,
            organization: String::new(),
            token_signing: String::new(),
            environment: Vec::new(),
            token: None,
        }
    }
}

impl Builder {
    /// Uses the programs of the given build.
    pub fn build(mut self, build: Build) -> Self {
        self.build = build;
        self
    }

    /// Imports the given tenant file instead of the tests' own.
    pub fn tenant(mut self, tenant: &str) -> Self {
        tenant.clone_into(&mut self.tenant);
        self
    }

    /// Starts no Redis server. `settings` are all lines of the `[redis]` section of both `session` services.
    pub fn redis(mut self, settings: impl Into<String>) -> Self {
        self.redis = Some(settings.into());
        self
    }

    /// Serves HTTPS at both frontends, as `https://auth.example.test/`.
    pub fn secure(mut self) -> Self {
        self.secure = true;
        self
    }

    /// Uses mutual TLS between the processes, with a certificate for each service.
    pub fn mutual_tls(mut self) -> Self {
        self.mutual_tls = true;
        self
    }

    /// Uses Unix sockets between the processes.
    pub fn unix_sockets(mut self) -> Self {
        self.unix_sockets = true;
        self
    }

    /// Sends mails by a server (`smtp://…`), or to a folder (`file:///…`).
    pub fn mail(mut self, url: &str) -> Self {
        self.mail = Some(url.to_owned());
        self
    }

    /// Adds lines to the settings of both `organization` processes.
    pub fn organization(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.organization);
        self
    }

    /// Adds lines to the settings of both `token-signing` processes.
    pub fn token_signing(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.token_signing);
        self
    }

    /// Sets a variable of the environment of all processes.
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push(format!("{name}={value}"));
        self
    }

    /// Keeps the signing keys in a PKCS#11 token, which both `token-signing` processes use.
    pub fn keys_in_token(mut self) -> Self {
        self.token = Some(TOKEN_LABEL);
        self
    }

    /// Starts the stores and all processes, imports the tenant, and waits until all are ready.
    pub async fn start(self) -> Separate {
        let folder = tempfile::tempdir().expect("a folder");
        let http_port = free_port();
        let tls = self.secure.then(|| Tls::make(folder.path()));
        let issuer = match tls {
            Some(_) => Tls::issuer(),
            None => format!("http://localhost:{http_port}/"),
        };
        let certificates = self
            .mutual_tls
            .then(|| Certificates::make(&self.build, folder.path()));
        let token = self.token.map(|label| token(folder.path(), label));
        let deployment = Separate {
            build: self.build,
            certificates,
            issuer: Url::parse(&issuer).expect("a URL"),
            http_port,
            tls,
            folder,
            ports: if self.unix_sockets {
                BTreeMap::new()
            } else {
                PROCESSES.map(|name| (name, free_port())).into()
            },
            metrics_ports: PROCESSES.map(|name| (name, free_port())).into(),
            databases: databases().await,
            redis: match self.redis {
                Some(settings) => Redis::Given(settings),
                None => Redis::Own(redis::Server::start().await),
            },
            mail: self.mail,
            organization: self.organization,
            token_signing: self.token_signing,
            environment: self.environment,
            token,
            processes: Mutex::default(),
        };
        deployment.start_all().await;
        deployment.import(&self.tenant);
        deployment
    }
}

fn token(folder: &Path, label: &str) -> SoftHsm {
    let folder = folder.join("token");
    std::fs::create_dir(&folder).expect("the folder is ours");
    let token = SoftHsm::create(&folder);
    token.add_token(label);
    token
}

async fn databases() -> BTreeMap<&'static str, String> {
    let mut databases = BTreeMap::new();
    for name in SERVICES.into_iter().filter(|name| *name != "session") {
        databases.insert(name, postgres::database().await);
    }
    databases
}
