//! The identity service: users, whether a password is theirs, their roles, and what they agreed to.
//!
//! [`run`] is the whole process; [`open`] and [`routes`] are its parts, for those who host it elsewhere.

mod accounts;
mod config;
mod convert;
pub mod domain;
mod error;
mod grpc;
mod hashing;
mod metrics;
mod roles;
pub mod store;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;

use doorward_proto::InvalidField;
use doorward_proto::identity::v1::RolePatch;
use doorward_proto::identity::v1::identity_service_server::{IdentityServiceServer, SERVICE_NAME};
use doorward_service_kit::grpc::Server;
use doorward_service_kit::sql::{DatabaseConfig, OpenError};
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{Clock, ServiceArgs, Shutdown, StartError, SystemClock};
use tonic::service::Routes;

use accounts::Accounts;
pub use config::{Config, HashingConfig};
pub use error::Error;
use hashing::Hasher;
pub use metrics::describe as describe_metrics;
use roles::Roles;
use store::{SqlStore, Store};
use watch::Watch;

/// Checks a role with the rules of `ApplyRoles`, for callers that leave out what it would refuse.
pub fn check_role(role: RolePatch) -> Result<(), InvalidField> {
    convert::role_patch(role).map(|_| ())
}

/// Opens the store and brings its schema up to date.
pub async fn open(database: &DatabaseConfig) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqlStore::open(database).await?))
}

/// The gRPC service over a store. Watching streams, and the task that feeds them, end with `shutdown`.
///
/// # Panics
/// Outside of a tokio runtime.
#[must_use]
pub fn routes(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    hashing: &HashingConfig,
    shutdown: Shutdown,
) -> Routes {
    let watch = Watch::start(Arc::clone(&store), shutdown);
    let roles = Roles::new(Arc::clone(&store));
    let accounts = Accounts::new(store, clock, Hasher::new(hashing));
    Routes::new(IdentityServiceServer::new(grpc::Service::new(
        accounts, roles, watch,
    )))
}

/// The service as a process: loads the settings, serves until a signal, and returns the exit code.
#[must_use]
pub fn main(args: &ServiceArgs) -> ExitCode {
    doorward_service_kit::run(
        "doorward-identity",
        args,
        |config: &Config| (&config.log, &config.metrics),
        run,
    )
}

/// Serves until `shutdown`.
pub async fn run(config: Config, shutdown: Shutdown) -> Result<(), StartError> {
    metrics::describe();
    let tls = Tls::load_if_set(config.tls.as_ref())?;
    let server = Server::new(&config.grpc, tls.as_ref())?;
    let store = Arc::new(SqlStore::open(&config.database).await?);
    let routes = routes(
        store.clone(),
        Arc::new(SystemClock),
        &config.hashing,
        shutdown.clone(),
    );
    Ok(server.serve(SERVICE_NAME, routes, store, shutdown).await?)
}
