//! The token-signing service: the signing keys, their public halves, and the tokens they sign.
//!
//! [`run`] is the whole process; [`open`], [`KeyKeeper`], [`start`] and [`key_routes`] are its parts, for hosting it
//! elsewhere.

mod config;
mod convert;
mod custody;
pub mod domain;
mod error;
mod grpc;
mod key_keeper;
mod key_ring;
mod metrics;
pub mod store;
mod turns;
mod upkeep;

use std::process::ExitCode;
use std::sync::Arc;

use doorward_proto::token_signing::v1::signing_key_service_server::SigningKeyServiceServer;
use doorward_proto::token_signing::v1::token_signing_service_server::{
    SERVICE_NAME, TokenSigningServiceServer,
};
use doorward_service_kit::grpc::{NoStore, Server};
use doorward_service_kit::sql::{DatabaseConfig, OpenError};
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{
    KeyEncryptionKey, ServiceArgs, Shutdown, StartError, SystemClock, forbid_core_dumps,
};
use tonic::service::Routes;

pub use config::{Backdate, Config, RotationConfig, SigningConfig};
pub use custody::Custody;
pub use domain::Issuer;
pub use error::Error;
pub use key_keeper::KeyKeeper;
pub use metrics::describe as describe_metrics;
use store::{SqlStore, Store};
use turns::Turns;

/// Opens the store and brings its schema up to date.
pub async fn open(database: &DatabaseConfig) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqlStore::open(database).await?))
}

/// Makes the keys that are missing, follows the store and looks after the keys until `shutdown`. Returns the gRPC
/// services, which sign in the name of this issuer and date tokens back.
pub async fn start(
    keeper: KeyKeeper,
    issuer: Issuer,
    backdate: Backdate,
    signing: &SigningConfig,
    shutdown: &Shutdown,
) -> Result<Routes, Error> {
    keeper.prepare(&issuer.host()).await?;
    let ring = keeper.open_ring().await?;
    ring.follow(shutdown.clone());
    upkeep::spawn(keeper.clone(), shutdown.clone());
    let keys = grpc::Keys::new(keeper.clone(), Some(Arc::clone(&ring)));
    let signer = grpc::Signer {
        ring,
        issuer,
        clock: keeper.clock(),
        backdate,
    };
    let signing = grpc::Service::new(signer, Turns::new(signing), shutdown.clone());
    Ok(Routes::new(SigningKeyServiceServer::new(keys))
        .add_service(TokenSigningServiceServer::new(signing)))
}

/// The gRPC service that changes keys, and signs nothing.
#[must_use]
pub fn key_routes(keeper: KeyKeeper) -> Routes {
    Routes::new(SigningKeyServiceServer::new(grpc::Keys::new(keeper, None)))
}

/// The service as a process: loads the settings, serves until a signal, and returns the exit code.
#[must_use]
pub fn main(args: &ServiceArgs) -> ExitCode {
    doorward_service_kit::run_with_spare_thread(
        "doorward-token-signing",
        args,
        |config: &Config| (&config.log, &config.metrics),
        run,
    )
}

/// Serves until `shutdown`. The keys are in memory: signing needs no store.
pub async fn run(config: Config, shutdown: Shutdown) -> Result<(), StartError> {
    metrics::describe();
    forbid_core_dumps();
    let tls = Tls::load_if_set(config.tls.as_ref())?;
    let server = Server::new(&config.grpc, tls.as_ref())?;
    let unusable =
        |error: Error| StartError::Unusable("the signing keys cannot be used", error.into());
    let key = KeyEncryptionKey::from_file(&config.key_encryption_key_file)
        .map_err(|error| unusable(error.into()))?;
    let store = open(&config.database).await?;
    let custody = Custody::file(key);
    let keeper = KeyKeeper::new(store, custody, config.rotation, Arc::new(SystemClock))
        .with_algs(&config.signing);
    let routes = start(
        keeper,
        config.issuer,
        config.backdate_seconds,
        &config.signing,
        &shutdown,
    )
    .await
    .map_err(unusable)?;
    Ok(server
        .serve(SERVICE_NAME, routes, NoStore, shutdown)
        .await?)
}
