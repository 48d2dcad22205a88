//! The session service as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorward_session::main(&doorward_service_kit::parse_args())
}
