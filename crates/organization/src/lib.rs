//! The organization service: organizations, their members, and invitations of people into them.
//!
//! [`run`] is the whole process; [`open`] and [`routes`] are its parts, for those who host it elsewhere.

mod cleaning;
mod config;
mod convert;
pub mod domain;
mod error;
mod grpc;
mod invitation_limits;
mod mails;
pub mod store;

use std::process::ExitCode;
use std::sync::Arc;

use doorward_proto::InvalidField;
use doorward_proto::organization::v1::OrganizationPatch;
use doorward_proto::organization::v1::invitation_service_server::InvitationServiceServer;
use doorward_proto::organization::v1::organization_service_server::{
    OrganizationServiceServer, SERVICE_NAME,
};
use doorward_service_kit::grpc::Server;
use doorward_service_kit::mail::{MailConfig, Transport, Worker};
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{
    Clock, KeyEncryptionKey, ServiceArgs, Shutdown, StartError, SystemClock,
};
use tonic::service::Routes;

pub use config::Config;
pub use error::Error;
pub use invitation_limits::InvitationLimits;
pub use mails::{has_mails_in, mail_languages};
use store::{SqlInvitations, SqlStore};

/// Checks an organization with the rules of `ApplyOrganizations`, for callers that leave out what it would refuse.
pub fn check_patch(patch: OrganizationPatch) -> Result<(), InvalidField> {
    domain::Patch::try_from(patch).map(|_| ())
}

/// The data of the service, in one database.
#[derive(Debug, Clone)]
pub struct Stores {
    organizations: Arc<SqlStore>,
    invitations: Arc<SqlInvitations>,
}

impl Stores {
    /// A worker that sends the mails of invitations.
    #[must_use]
    pub fn mail_worker(&self, transport: Transport, clock: Arc<dyn Clock>) -> Worker {
        self.invitations.mail_worker(transport, clock)
    }

    /// Removes invitations that are not listed any more, in a task until `shutdown`.
    pub fn spawn_cleaning(&self, clock: Arc<dyn Clock>, shutdown: Shutdown) {
        cleaning::spawn(self.invitations.clone(), clock, shutdown);
    }
}

/// Opens the database and brings its schema up to date. Tickets in it are encrypted with `key`.
pub async fn open(
    database: &DatabaseConfig,
    key: Arc<KeyEncryptionKey>,
) -> Result<Stores, StartError> {
    let organizations = SqlStore::open(database).await?;
    let invitations = organizations.invitations(key, SystemClock.now()).await;
    let invitations = invitations.map_err(unusable)?;
    Ok(Stores {
        organizations: Arc::new(organizations),
        invitations: Arc::new(invitations),
    })
}

/// The gRPC services over the stores.
#[must_use]
pub fn routes(stores: &Stores, limits: InvitationLimits, clock: Arc<dyn Clock>) -> Routes {
    let organizations = grpc::Service::new(stores.organizations.clone());
    let invitations = grpc::invitations::Service {
        organizations: stores.organizations.clone(),
        invitations: stores.invitations.clone(),
        limits,
        clock,
    };
    Routes::new(OrganizationServiceServer::new(organizations))
        .add_service(InvitationServiceServer::new(invitations))
}

fn unusable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StartError {
    StartError::Unusable("the invitations cannot be used", error.into())
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
    let key = KeyEncryptionKey::from_file(&config.key_encryption_key_file).map_err(unusable)?;
    let stores = open(&config.database, Arc::new(key)).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    send_mails(&stores, config.mail.as_ref(), &clock, &shutdown)?;
    stores.spawn_cleaning(Arc::clone(&clock), shutdown.clone());
    let routes = routes(&stores, config.invitations, clock);
    let store = stores.organizations;
    Ok(server.serve(SERVICE_NAME, routes, store, shutdown).await?)
}

/// Sends the mails of invitations in a task until `shutdown`.
fn send_mails(
    stores: &Stores,
    mail: Option<&MailConfig>,
    clock: &Arc<dyn Clock>,
    shutdown: &Shutdown,
) -> Result<(), StartError> {
    let Some(mail) = mail else {
        tracing::warn!("mails are not sent: there is no section [mail]; they wait in the database");
        return Ok(());
    };
    let transport = Transport::new(mail)?;
    let worker = stores.mail_worker(transport, Arc::clone(clock));
    worker.spawn(shutdown.clone());
    Ok(())
}
