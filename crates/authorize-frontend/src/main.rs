//! The frontend as a separate process.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorward_authorize_frontend::main(&doorward_service_kit::parse_args())
}
