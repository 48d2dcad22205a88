//! The HTTP edge as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorward_authorize_frontend::main(&doorward_service_kit::parse_args())
}
