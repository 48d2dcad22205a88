//! The session service as a process of its own.

use std::process::ExitCode;

use doorward_session::Config;
use doorward_session::store::RedisStore;

fn main() -> ExitCode {
    if std::env::args().skip(1).eq(["--print-functions"]) {
        print!("{}", RedisStore::functions());
        return ExitCode::SUCCESS;
    }
    doorward_service_kit::run(
        "doorward-session",
        "Owns SSO sessions, pending authorization transactions and opaque access tokens. With --print-functions: \
         prints its functions for Redis, as FUNCTION LOAD takes them",
        |config: &Config| (&config.log, &config.metrics),
        doorward_session::run,
    )
}
