//! The identity service as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorward_identity::main(&doorward_service_kit::parse_args())
}
