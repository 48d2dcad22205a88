//! The session service: SSO sessions, pending authorization transactions, opaque access tokens.
//!
//! [`run`] is the whole process; [`open_sqlite`] and [`routes`] are its parts, for those who host it elsewhere.

mod attempts;
mod config;
mod convert;
pub mod domain;
mod error;
mod grpc;
mod metrics;
mod refusals;
mod sign_in;
pub mod store;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use doorward_proto::session::v1::session_service_server::{SERVICE_NAME, SessionServiceServer};
use doorward_service_kit::config::ConfigError;
use doorward_service_kit::grpc::{Server, StoreHealth};
use doorward_service_kit::sql::{DatabaseConfig, OpenError};
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{Clock, ServiceArgs, Shutdown, StartError, SystemClock, print_error};
use tonic::service::Routes;

pub use config::{BudgetConfig, Config, OnDataLoss, RedisConfig, StoreConfig};
pub use error::Error;
pub use metrics::describe as describe_metrics;
use store::{RedisStore, SqliteStore, Store};

/// How long a start waits for Redis.
const START: Duration = Duration::from_secs(2);

/// Opens a store in a SQLite file and brings its schema up to date.
pub async fn open_sqlite(
    budget: &BudgetConfig,
    database: &DatabaseConfig,
) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqliteStore::open_within(budget, database).await?))
}

/// Opens a store in Redis. Redis need not answer yet: until it does, every call is `STORE_UNAVAILABLE`. Fails only for
/// invalid settings, and for a server with an evicting policy.
async fn open_redis(budget: &BudgetConfig, redis: &RedisConfig) -> Result<RedisStore, ConfigError> {
    RedisStore::refuse_eviction(budget, redis).await?;
    let store = RedisStore::open_within(budget, redis)?;
    store.wait_until_used(START).await;
    Ok(store)
}

/// Loads our functions into Redis, for a service whose account may not do that.
async fn load_functions(config: &Config) -> Result<(), StartError> {
    let Some(redis) = &config.redis else {
        return Err(ConfigError::invalid("redis.url", "is not set").into());
    };
    let loaded = RedisStore::load_functions(redis).await?;
    loaded.map_err(|error| StartError::Unusable("redis does not take the functions", error.into()))
}

/// The gRPC service over a store.
#[must_use]
pub fn routes(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Routes {
    Routes::new(SessionServiceServer::new(grpc::Service::new(store, clock)))
}

/// The command line of the service.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    service: ServiceArgs,
    /// Print the library of Redis functions for FUNCTION LOAD, and exit
    #[arg(long)]
    print_functions: bool,
    /// Load the library of Redis functions with the account in the settings, and exit
    #[arg(long, conflicts_with = "print_functions")]
    load_functions: bool,
}

/// Prints on standard output. A closed pipe is no failure; a full disk is one.
fn print(text: &str) -> ExitCode {
    let mut output = io::stdout().lock();
    let printed = output.write_all(text.as_bytes());
    match printed.and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            print_error(format_args!("doorward-session: standard output: {error}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// The service as a process: loads the settings, serves until a signal, and returns the exit code.
#[must_use]
pub fn main(args: &Args) -> ExitCode {
    if args.print_functions {
        return print(RedisStore::functions());
    }
    let service = async |config: Config, shutdown| {
        if args.load_functions {
            return load_functions(&config).await;
        }
        run(config, shutdown).await
    };
    doorward_service_kit::run(
        "doorward-session",
        &args.service,
        |config: &Config| (&config.log, &config.metrics),
        service,
    )
}

/// Serves until `shutdown`.
pub async fn run(config: Config, shutdown: Shutdown) -> Result<(), StartError> {
    metrics::describe();
    let tls = Tls::load_if_set(config.tls.as_ref())?;
    let server = Server::new(&config.grpc, tls.as_ref())?;
    config.budget.validate()?;
    let budget = &config.budget;
    match config.store()? {
        StoreConfig::Redis(redis) => {
            serve(server, open_redis(budget, redis).await?, shutdown).await
        }
        StoreConfig::Sqlite(database) => {
            let store = SqliteStore::open_within(budget, database).await?;
            serve(server, store, shutdown).await
        }
    }
}

async fn serve(
    server: Server,
    store: impl Store + StoreHealth,
    shutdown: Shutdown,
) -> Result<(), StartError> {
    let store = Arc::new(store);
    let routes = routes(store.clone(), Arc::new(SystemClock));
    Ok(server.serve(SERVICE_NAME, routes, store, shutdown).await?)
}
