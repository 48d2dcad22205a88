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
mod pkcs11;
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
use tokio::task;
use tonic::service::Routes;

pub use config::{Backdate, Config, Pkcs11Config, RotationConfig, SigningConfig};
pub use custody::Custody;
pub use domain::Issuer;
pub use error::Error;
pub use key_keeper::KeyKeeper;
pub use metrics::describe as describe_metrics;
pub use pkcs11::TokenError;
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
    let turns = match keeper.token_sessions() {
        Some(sessions) => Turns::on_own_threads(sessions, signing),
        None => Turns::on_the_runtime(signing),
    };
    let signing = grpc::Service::new(signer, turns, shutdown.clone());
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
    let file = config.key_encryption_key_file.as_deref();
    let file = file.map(KeyEncryptionKey::from_file).transpose();
    let file = file.map_err(|error| unusable(error.into()))?;
    let store = open(&config.database).await?;
    let custody = custody(file, config.pkcs11, &*store).await;
    let custody = custody.map_err(unusable)?;
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

/// The key from the file, the token, or both, as the settings say.
async fn custody(
    file: Option<KeyEncryptionKey>,
    token: Option<Pkcs11Config>,
    store: &dyn Store,
) -> Result<Custody, Error> {
    match (file, token) {
        (Some(file), None) => Ok(Custody::file(file)),
        (None, None) => Err(Error::NoPlaceForKeys),
        (file, Some(token)) => {
            let mark = store.mark().await?;
            let connected = task::spawn_blocking(move || Custody::connect(file, token, &mark));
            connected.await.map_err(|_| Error::Interrupted)?
        }
    }
}
