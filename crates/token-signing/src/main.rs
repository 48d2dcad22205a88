//! The token-signing service as a process of its own.

use std::process::ExitCode;

use doorward_token_signing::Config;

fn main() -> ExitCode {
    doorward_service_kit::run(
        "doorward-token-signing",
        "Owns the signing keys and signs tokens",
        |config: &Config| (&config.log, &config.metrics),
        doorward_token_signing::run,
    )
}
