//! The client registry as a process of its own.

use std::process::ExitCode;

use doorward_client_registry::Config;

fn main() -> ExitCode {
    doorward_service_kit::run(
        "doorward-client-registry",
        "Owns tenant settings, applications, APIs and connections",
        |config: &Config| (&config.log, &config.metrics),
        doorward_client_registry::run,
    )
}
