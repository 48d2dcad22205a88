//! The token-signing service: the signing keys, their public halves, and the tokens they sign.
//!
//! [`run`] is the whole process; [`open`], [`KeyRing::open`] and [`routes`] are its parts, for those who host it
//! elsewhere.

mod config;
mod convert;
pub mod domain;
mod error;
mod grpc;
mod key_ring;
pub mod store;

use std::process::ExitCode;
use std::sync::Arc;

use doorward_proto::token_signing::v1::token_signing_service_server::{
    SERVICE_NAME, TokenSigningServiceServer,
};
use doorward_service_kit::grpc::{NoStore, Server};
use doorward_service_kit::sql::{DatabaseConfig, OpenError};
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{
    Clock, KeyEncryptionKey, ServiceArgs, Shutdown, StartError, SystemClock,
};
use tonic::service::Routes;

pub use config::Config;
pub use domain::Issuer;
pub use error::Error;
pub use key_ring::KeyRing;
use store::{SqlStore, Store};

/// Opens the store and brings its schema up to date.
pub async fn open(database: &DatabaseConfig) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqlStore::open(database).await?))
}

/// The gRPC service that signs with these keys, in the name of this issuer.
#[must_use]
pub fn routes(ring: Arc<KeyRing>, issuer: Issuer, clock: Arc<dyn Clock>) -> Routes {
    Routes::new(TokenSigningServiceServer::new(grpc::Service::new(
        ring, issuer, clock,
    )))
}

/// The service as a process: loads the settings, serves until a signal, and returns the exit code.
#[must_use]
pub fn main(args: &ServiceArgs) -> ExitCode {
    doorward_service_kit::run(
        "doorward-token-signing",
        args,
        |config: &Config| (&config.log, &config.metrics),
        run,
    )
}

/// Serves until `shutdown`. The keys are in memory: signing needs no store.
pub async fn run(config: Config, shutdown: Shutdown) -> Result<(), StartError> {
    let tls = Tls::load_if_set(config.tls.as_ref())?;
    let server = Server::new(&config.grpc, tls.as_ref())?;
    let ring = open_keys(&config).await?;
    let routes = routes(ring, config.issuer, Arc::new(SystemClock));
    Ok(server
        .serve(SERVICE_NAME, routes, NoStore, shutdown)
        .await?)
}

async fn open_keys(config: &Config) -> Result<Arc<KeyRing>, StartError> {
    let unusable =
        |error: Error| StartError::Unusable("the signing keys cannot be used", error.into());
    let key = KeyEncryptionKey::from_file(&config.key_encryption_key_file)
        .map_err(|error| unusable(error.into()))?;
    let store = open(&config.database).await?;
    KeyRing::open(&*store, &key, &SystemClock)
        .await
        .map_err(unusable)
}
