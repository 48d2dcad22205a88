//! The command that invites the demo user, for the terminal and for the page of the application.

use std::path::Path;

use super::user::EMAIL;

/// How a command reaches the demo.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    program: String,
    target: String,
}

impl Place {
    /// A server that runs on a data folder. `program` is the name by which this program was started.
    pub(crate) fn folder(program: &str, data: &Path) -> Self {
        Self {
            program: program.to_owned(),
            target: format!("--data {}", data.display()),
        }
    }

    /// The local stack.
    pub(crate) fn stack() -> Self {
        let services = [
            "--registry https://client-registry:7001",
            "--identity https://identity:7002",
            "--organization https://organization:7004",
        ];
        Self {
            program: "docker compose run --rm commands".to_owned(),
            target: services.join(" "),
        }
    }

    /// The command that invites the demo user to the organization of that name.
    pub(crate) fn command(&self, organization: &str, client_id: &str) -> String {
        let Self { program, target } = self;
        format!(
            "{program} invitation create {organization} {EMAIL} --client {client_id} --inviter Administrator {target}"
        )
    }
}
