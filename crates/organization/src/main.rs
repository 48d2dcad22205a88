//! The organization service as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorward_organization::main(&doorward_service_kit::parse_args())
}
