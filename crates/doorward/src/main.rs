//! Doorward in one binary: every service in one process, and the commands.

mod apply_tenant;
mod apply_users;
mod backup;
mod balancer;
mod certificates;
mod choose_connection;
mod choose_member;
mod choose_organization;
mod choose_roles;
mod choose_user;
mod cli;
mod client_certificates;
mod commands;
mod content;
mod control;

mod data_folder;
mod demo;
mod document;
mod embedded;
mod ephemeral;
mod error;
mod listen;
mod mail_options;
mod metrics;
mod output;
mod read_password;
mod service;
mod signing_options;
mod target;
mod tenant_file;
mod unknown_references;
mod users_file;

use std::process::ExitCode;

use clap::Parser;
use doorward_service_kit::sql::close_all;
use doorward_service_kit::{init_telemetry, print_error, with_causes};

use cli::{Cli, Command, Task};
use commands::service::expand_link;
use error::Error;

fn main() -> ExitCode {
    let command = Cli::parse_from(expand_link(std::env::args_os())).command;
    let outcome = match command {
        // A service configures its logs and its runtime from its settings.
        Command::Service(service) => return service.run(),
        Command::Task(task) => run(task),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(format_args!("doorward: {}", with_causes(&error)));
            error.exit_code()
        }
    }
}

fn run(task: Task) -> Result<(), Error> {
    let _telemetry = init_telemetry(&task.log(), task.traced())?;
    doorward_service_kit::raise_open_files();
    doorward_service_kit::runtime_with_spare_thread()
        .map_err(Error::Runtime)?
        .block_on(async {
            let done = Box::pin(task.run()).await;
            close_all().await;
            done
        })
}
