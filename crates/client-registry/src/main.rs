//! The client registry as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorward_client_registry::main(&doorward_service_kit::parse_args())
}
