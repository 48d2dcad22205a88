//! The HTTP edge as a process of its own.

use std::process::ExitCode;

use doorward_authorize_frontend::Config;

fn main() -> ExitCode {
    doorward_service_kit::run(
        "doorward-authorize-frontend",
        "The HTTP edge: answers browsers and applications, and calls the services behind it",
        |config: &Config| (&config.log, &config.metrics),
        doorward_authorize_frontend::run,
    )
}
