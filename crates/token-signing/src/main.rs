//! The token-signing service as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorward_token_signing::main(&doorward_service_kit::parse_args())
}
