//! The identity service as a process of its own.

use std::process::ExitCode;

use doorward_identity::Config;

fn main() -> ExitCode {
    doorward_service_kit::run(
        "doorward-identity",
        "Owns users, their passwords, roles and consents",
        |config: &Config| (&config.log, &config.metrics),
        doorward_identity::run,
    )
}
