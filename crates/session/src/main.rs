//! The session service as a process of its own.

use std::process::ExitCode;

use doorward_session::Config;

fn main() -> ExitCode {
    doorward_service_kit::run(
        "doorward-session",
        "Owns SSO sessions, pending authorization transactions and opaque access tokens",
        |config: &Config| (&config.log, &config.metrics),
        doorward_session::run,
    )
}
