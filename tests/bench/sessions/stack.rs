//! A whole deployment with its own Redis and its sessions.

use std::ops::Range;

use doorward_e2e::{Separate, TENANT};
use doorward_proto::identity::v1::ListRolesRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;

use crate::sessions::cpu;
use crate::sessions::fill::Filler;
use crate::sessions::people::CONNECTION;
use crate::store::Store;

/// The processes that a silent authentication could use. It never uses PostgreSQL.
pub(crate) const PROCESSES: [&str; 7] = [
    "authorize-frontend",
    "session",
    "token-signing",
    "client-registry",
    "identity",
    "organization",
    "redis",
];

/// One replica of every service.
#[derive(Debug)]
pub(crate) struct Stack {
    /// The deployment.
    pub(crate) deployment: Separate,
    /// Its Redis.
    pub(crate) store: Store,
    /// Opens sessions in it.
    pub(crate) filler: Filler,
    /// Session tokens, in the order of their users.
    pub(crate) sessions: Vec<Box<str>>,
    process_ids: [u32; PROCESSES.len()],
}

impl Stack {
    /// Starts a deployment with the tests' tenant, and with longer deadlines than the default, which cost no CPU time.
    pub(crate) async fn start() -> Self {
        let tenant = TENANT.replace("name: users", &format!("name: {CONNECTION}"));
        let deployment = Separate::start_with(&tenant).await;
        let store = Store::new(deployment.redis().url());
        let redis = store.number("server", "process_id");
        let process_ids = PROCESSES.map(|name| {
            if name == "redis" {
                u32::try_from(redis).expect("a process id")
            } else {
                deployment.process_id(name)
            }
        });
        let role = role(&deployment).await;
        let filler = Filler::new(deployment.address("session"), &role);
        Self {
            deployment,
            store,
            filler,
            sessions: Vec::new(),
            process_ids,
        }
    }

    /// Opens the first sessions of more users.
    pub(crate) async fn open_sessions(&mut self, users: Range<usize>) {
        self.sessions.extend(self.filler.open(users, 0).await);
    }

    /// CPU time of each of [`PROCESSES`], in nanoseconds.
    pub(crate) fn cpu(&self) -> [u64; PROCESSES.len()] {
        self.process_ids.map(cpu::nanoseconds)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.deployment.log());
        }
    }
}

/// The id of a role in the frontend's cache: an unknown role would cause a call.
async fn role(deployment: &Separate) -> String {
    let mut identity = IdentityServiceClient::connect(deployment.address("identity"))
        .await
        .expect("identity can be called");
    let request = ListRolesRequest { known_revision: 0 };
    let answer = identity
        .list_roles(request)
        .await
        .expect("identity answers");
    let mut roles = answer.into_inner().roles;
    roles.pop().expect("the tenant has a role").id
}
