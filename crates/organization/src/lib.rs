//! The organization service: organizations, and who belongs to them.
//!
//! [`run`] is the whole process; [`open`] and [`routes`] are its parts, for those who host it elsewhere.

mod config;
mod convert;
pub mod domain;
mod error;
mod grpc;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "invitations call it with the next change")
)]
mod mails;
pub mod store;

use std::process::ExitCode;
use std::sync::Arc;

use doorward_proto::organization::v1::organization_service_server::{
    OrganizationServiceServer, SERVICE_NAME,
};
use doorward_service_kit::grpc::Server;
use doorward_service_kit::sql::{DatabaseConfig, OpenError};
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{ServiceArgs, Shutdown, StartError};
use tonic::service::Routes;

pub use config::Config;
pub use error::Error;
use store::{SqlStore, Store};

/// Opens the store and brings its schema up to date.
pub async fn open(database: &DatabaseConfig) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqlStore::open(database).await?))
}

/// The gRPC service over a store.
#[must_use]
pub fn routes(store: Arc<dyn Store>) -> Routes {
    Routes::new(OrganizationServiceServer::new(grpc::Service::new(store)))
}

/// The service as a process: loads the settings, serves until a signal, and returns the exit code.
#[must_use]
pub fn main(args: &ServiceArgs) -> ExitCode {
    doorward_service_kit::run(
        "doorward-organization",
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
    let routes = routes(store.clone());
    Ok(server.serve(SERVICE_NAME, routes, store, shutdown).await?)
}
