//! The identity service as a separate process.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorward_identity::main(&doorward_service_kit::parse_args())
}
