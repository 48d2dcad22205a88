//! The organization service as a process of its own.

use std::process::ExitCode;

use doorward_organization::Config;

fn main() -> ExitCode {
    doorward_service_kit::run(
        "doorward-organization",
        "Owns organizations and their members",
        |config: &Config| (&config.log, &config.metrics),
        doorward_organization::run,
    )
}
