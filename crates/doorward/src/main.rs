//! Doorward in one binary: every service in one process, and the commands that fill it.

mod apply_tenant;
mod choose_connection;
mod choose_user;
mod cli;
mod commands;
mod dangling;
mod data_folder;
mod demo;
mod document;
mod embedded;
mod error;
mod listen;
mod output;
mod read_password;
mod service;
mod target;
mod tenant_file;
mod users_file;

use std::process::ExitCode;

use clap::Parser;
use doorward_service_kit::with_causes;

use cli::Cli;
use error::Error;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("doorward: {}", with_causes(&error));
            error.exit_code()
        }
    }
}

fn run(cli: Cli) -> Result<(), Error> {
    doorward_service_kit::init_telemetry(&cli.command.log()).map_err(Error::Telemetry)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?
        .block_on(cli.command.run())
}
