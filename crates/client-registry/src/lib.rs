//! The client registry: the tenant's settings, its applications (OAuth clients), APIs (resource servers) and
//! connections.
//!
//! [`run`] is the whole process; [`open`] and [`routes`] are its parts, for a host of several services.

pub mod check;
mod config;
mod convert;
pub mod domain;
mod error;
mod grpc;
mod revisions;
pub mod store;

use std::process::ExitCode;
use std::sync::Arc;

use doorward_proto::client_registry::v1::client_registry_service_server::{
    ClientRegistryServiceServer, SERVICE_NAME,
};
use doorward_service_kit::grpc::Server;
use doorward_service_kit::sql::{DatabaseConfig, OpenError};
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{ServiceArgs, Shutdown, StartError};
use tonic::service::Routes;

pub use config::Config;
pub use error::Error;
use revisions::Revisions;
use store::{SqlStore, Store};

/// A whole tenant is applied in one message, and may be larger than gRPC's usual 4 MiB; so may the
/// answers of such a tenant.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024 * 1024;

/// Opens the store and brings its schema up to date.
pub async fn open(database: &DatabaseConfig) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqlStore::open(database).await?))
}

/// The gRPC service over a store. Until `shutdown`, a task of the current runtime follows the store's revision for all
/// `Watch` streams together; they end with it.
#[must_use]
pub fn routes(store: Arc<dyn Store>, shutdown: Shutdown) -> Routes {
    let revisions = Revisions::follow(store.clone(), shutdown);
    let service = grpc::Service::new(store, revisions);
    Routes::new(
        ClientRegistryServiceServer::new(service).max_decoding_message_size(MAX_MESSAGE_BYTES),
    )
}

/// The service as a process: loads the settings, serves until a signal, and returns the exit code.
#[must_use]
pub fn main(args: &ServiceArgs) -> ExitCode {
    doorward_service_kit::run(
        "doorward-client-registry",
        args,
        |config: &Config| (&config.log, &config.metrics),
        run,
    )
}

/// Serves until `shutdown`.
pub async fn run(config: Config, shutdown: Shutdown) -> Result<(), StartError> {
    let tls = Tls::load_if_set(config.tls.as_ref())?;
    let server = Server::new(&config.grpc, tls.as_ref())?;
    let store = Arc::new(SqlStore::open(&config.database).await?);
    let routes = routes(store.clone(), shutdown.clone());
    Ok(server.serve(SERVICE_NAME, routes, store, shutdown).await?)
}
