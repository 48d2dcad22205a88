//! The deployment that a command works on: a data folder, or running services.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use doorward_authorize_frontend::Channels;
use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::token_signing::v1::signing_key_service_client::SigningKeyServiceClient;
use doorward_service_kit::grpc::{Channel, connect};
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{Shutdown, SystemClock};

use crate::client_certificates::ClientCertificates;
use crate::data_folder::DataFolder;
use crate::error::Error;
use crate::output::warn;
use crate::service::Service;

/// `--data`, or the addresses of the services that the command calls.
#[derive(Debug, clap::Args)]
pub(crate) struct Target {
    /// Data folder, also while a server runs on it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    addresses: Addresses,
    #[command(flatten)]
    certificates: ClientCertificates,
}

/// The given addresses.
#[derive(Debug, clap::Args)]
pub(crate) struct Addresses {
    #[arg(
        long,
        value_name = "URL",
        conflicts_with = "data",
        help = "Address of a running client registry, instead of --data; for example unix:/run/doorward/client-registry.sock or https://registry.internal:7001"
    )]
    registry: Option<String>,
    /// Address of a running identity service, instead of --data
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    identity: Option<String>,
    /// Address of a running session service, instead of --data
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    session: Option<String>,
    /// Address of a running organization service, instead of --data
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    organization: Option<String>,
    /// Address of a running token-signing service, instead of --data
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    token_signing: Option<String>,
}

impl Target {
    /// An existing deployment; `calls` are the services that the command calls.
    pub(crate) fn existing(self, calls: &[Service]) -> Result<Deployment, Error> {
        self.lead(calls, DataFolder::existing)
    }

    /// An existing deployment, or a new data folder.
    pub(crate) fn created(self, calls: &[Service]) -> Result<Deployment, Error> {
        self.lead(calls, DataFolder::create)
    }

    /// An existing deployment, or an empty temporary folder.
    pub(crate) fn for_dry_run(self, calls: &[Service]) -> Result<Deployment, Error> {
        self.lead(calls, |path| match DataFolder::existing(path) {
            Err(Error::NoData(_)) => {
                let path = path.display();
                warn(format_args!("{path} has no Doorward data yet; all is new"));
                DataFolder::scratch()
            }
            found => found,
        })
    }

    fn lead(
        self,
        calls: &[Service],
        open: impl FnOnce(&Path) -> Result<DataFolder, Error>,
    ) -> Result<Deployment, Error> {
        if let Some(path) = self.data {
            return Ok(Deployment::Folder(open(&path)?, Shutdown::new()));
        }
        if calls.iter().any(|call| self.addresses.of(*call).is_none()) {
            let flags: Vec<_> = calls
                .iter()
                .map(|call| format!("{} URL", call.flag()))
                .collect();
            let flags = flags.join(" ");
            return Err(Error::Usage(format!(
                "this command needs --data DIR, or {flags}"
            )));
        }
        Ok(Deployment::Services(
            self.addresses,
            self.certificates.load()?,
        ))
    }
}

impl Addresses {
    fn of(&self, service: Service) -> Option<&str> {
        let address = match service {
            Service::ClientRegistry => &self.registry,
            Service::Identity => &self.identity,
            Service::Session => &self.session,
            Service::Organization => &self.organization,
            Service::TokenSigning => &self.token_signing,
        };
        address.as_deref()
    }

    fn connect(&self, service: Service, tls: Option<&Tls>) -> Result<Channel, Error> {
        let address = self.of(service).unwrap_or_default();
        Ok(connect(address, service.name(), tls)?)
    }
}

/// The deployment that a [`Target`] names.
#[derive(Debug)]
pub(crate) enum Deployment {
    /// A data folder; the [`Shutdown`] stops the services over it.
    Folder(DataFolder, Shutdown),
    Services(Addresses, Option<Tls>),
    /// The services of this process, which serves them.
    Embedded(Box<Channels>),
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if let Self::Folder(_, shutdown) = self {
            shutdown.cancel();
        }
    }
}

impl Deployment {
    /// The services of this process.
    pub(crate) fn embedded(channels: &Channels) -> Self {
        Self::Embedded(Box::new(channels.clone()))
    }

    /// Whether the address of an optional service is known.
    pub(crate) fn reaches(&self, service: Service) -> bool {
        match self {
            Self::Folder(..) | Self::Embedded(_) => true,
            Self::Services(addresses, _) => addresses.of(service).is_some(),
        }
    }

    pub(crate) async fn registry(&self) -> Result<ClientRegistryServiceClient<Channel>, Error> {
        let channel = match self {
            Self::Folder(folder, shutdown) => folder.client_registry(shutdown).await?,
            Self::Services(addresses, tls) => {
                addresses.connect(Service::ClientRegistry, tls.as_ref())?
            }
            Self::Embedded(channels) => channels.client_registry.clone(),
        };
        Ok(ClientRegistryServiceClient::new(channel)
            .max_decoding_message_size(doorward_client_registry::MAX_MESSAGE_BYTES))
    }

    pub(crate) async fn identity(&self) -> Result<IdentityServiceClient<Channel>, Error> {
        let channel = match self {
            Self::Folder(folder, shutdown) => {
                folder.identity(Arc::new(SystemClock), shutdown).await?
            }
            Self::Services(addresses, tls) => addresses.connect(Service::Identity, tls.as_ref())?,
            Self::Embedded(channels) => channels.identity.clone(),
        };
        Ok(IdentityServiceClient::new(channel))
    }

    pub(crate) async fn session(&self) -> Result<SessionServiceClient<Channel>, Error> {
        let channel = match self {
            Self::Folder(folder, shutdown) => {
                folder.session(Arc::new(SystemClock), shutdown).await?
            }
            Self::Services(addresses, tls) => addresses.connect(Service::Session, tls.as_ref())?,
            Self::Embedded(channels) => channels.session.clone(),
        };
        Ok(SessionServiceClient::new(channel))
    }

    pub(crate) async fn organization(&self) -> Result<OrganizationServiceClient<Channel>, Error> {
        let channel = self.organization_channel().await?;
        Ok(OrganizationServiceClient::new(channel))
    }

    pub(crate) async fn invitations(&self) -> Result<InvitationServiceClient<Channel>, Error> {
        let channel = self.organization_channel().await?;
        Ok(InvitationServiceClient::new(channel))
    }

    pub(crate) async fn signing_keys(&self) -> Result<SigningKeyServiceClient<Channel>, Error> {
        let channel = match self {
            Self::Folder(folder, shutdown) => {
                folder.signing_keys(Arc::new(SystemClock), shutdown).await?
            }
            Self::Services(addresses, tls) => {
                addresses.connect(Service::TokenSigning, tls.as_ref())?
            }
            Self::Embedded(channels) => channels.token_signing.clone(),
        };
        Ok(SigningKeyServiceClient::new(channel))
    }

    async fn organization_channel(&self) -> Result<Channel, Error> {
        Ok(match self {
            Self::Folder(folder, shutdown) => {
                folder.organization(Arc::new(SystemClock), shutdown).await?
            }
            Self::Services(addresses, tls) => {
                addresses.connect(Service::Organization, tls.as_ref())?
            }
            Self::Embedded(channels) => channels.organization.clone(),
        })
    }
}
