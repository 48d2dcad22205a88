//! The life of a service process: settings, logging, serving, draining.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;

use crate::config::{self, ConfigError};
use crate::grpc::{ChannelError, ServeError};
use crate::metrics::{MetricsError, serve as serve_metrics};
use crate::runtime::{runtime, runtime_with_spare_thread};
use crate::telemetry::TelemetryError;
use crate::{
    LogConfig, MetricsConfig, Shutdown, health_check, init_telemetry, on_signal, print_error,
    raise_open_files,
};

/// The command line of a service.
#[derive(Debug, clap::Args)]
pub struct ServiceArgs {
    /// TOML file with the settings; environment variables `DOORWARD_SECTION__KEY` override it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Only find out whether the running process with these settings serves: exit status 0 if it does
    #[arg(long)]
    pub check_health: bool,
}

/// The command line of a service that has a binary of its own.
#[derive(Debug, Parser)]
#[command(version, about = None, long_about = None)]
struct Program<A: clap::Args> {
    #[command(flatten)]
    args: A,
}

/// Reads the command line of a service's own binary; prints help, the version or what is wrong, and exits then.
#[must_use]
pub fn parse_args<A: clap::Args>() -> A {
    Program::parse().args
}

/// Why a service cannot start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There can be no log.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// Metrics cannot be served.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// There are no threads.
    #[error("the async runtime cannot start")]
    Runtime(#[source] io::Error),
    /// The address of another service cannot be called.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The database cannot be used.
    #[cfg(feature = "sql")]
    #[error(transparent)]
    Database(#[from] crate::sql::OpenError),
    /// Serving failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The service's own store or keys cannot be used.
    #[error("{0}")]
    Unusable(&'static str, #[source] Box<dyn Error + Send + Sync>),
}

/// Loads the settings and runs `service` until it ends, or checks the health of the process that does. Prints one line
/// and fails when it cannot start.
pub fn run<C: DeserializeOwned>(
    name: &'static str,
    args: &ServiceArgs,
    telemetry: fn(&C) -> (&LogConfig, &MetricsConfig),
    service: impl AsyncFnOnce(C, Shutdown) -> Result<(), StartError>,
) -> ExitCode {
    run_on(runtime, name, args, telemetry, service)
}

/// The same as [`run`], on [`runtime_with_spare_thread`].
pub fn run_with_spare_thread<C: DeserializeOwned>(
    name: &'static str,
    args: &ServiceArgs,
    telemetry: fn(&C) -> (&LogConfig, &MetricsConfig),
    service: impl AsyncFnOnce(C, Shutdown) -> Result<(), StartError>,
) -> ExitCode {
    run_on(runtime_with_spare_thread, name, args, telemetry, service)
}

fn run_on<C: DeserializeOwned>(
    runtime: fn() -> io::Result<Runtime>,
    name: &'static str,
    args: &ServiceArgs,
    telemetry: fn(&C) -> (&LogConfig, &MetricsConfig),
    service: impl AsyncFnOnce(C, Shutdown) -> Result<(), StartError>,
) -> ExitCode {
    if args.check_health {
        let service = name.strip_prefix("doorward-").unwrap_or(name);
        return ended(name, health_check::check(service, args.config.as_deref()));
    }
    ended(name, start(runtime, name, args, telemetry, service))
}

fn ended<E: Error>(name: &str, outcome: Result<(), E>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(format_args!("{name}: {}", with_causes(&error)));
            ExitCode::FAILURE
        }
    }
}

fn start<C: DeserializeOwned>(
    runtime: fn() -> io::Result<Runtime>,
    name: &'static str,
    args: &ServiceArgs,
    telemetry: fn(&C) -> (&LogConfig, &MetricsConfig),
    service: impl AsyncFnOnce(C, Shutdown) -> Result<(), StartError>,
) -> Result<(), StartError> {
    let settings: C = config::load(args.config.as_deref())?;
    let (log, metrics) = telemetry(&settings);
    let _telemetry = init_telemetry(log, Some(name))?;
    raise_open_files();
    let metrics = metrics.clone();
    runtime().map_err(StartError::Runtime)?.block_on(async {
        serve_metrics(&metrics)?;
        let served = service(settings, on_signal()).await;
        #[cfg(feature = "sql")]
        crate::sql::close_all().await;
        served
    })
}

/// An error with what caused it, on one line. Our errors leave their source out of their text; those of libraries such
/// as sqlx may end with it.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| {
        let cause = cause.to_string();
        if text.ends_with(&cause) {
            text
        } else {
            format!("{text}: {cause}")
        }
    })
}
