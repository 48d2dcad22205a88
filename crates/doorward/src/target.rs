//! Where a command acts: on a data folder, or on services that run elsewhere.

use std::path::PathBuf;
use std::sync::Arc;

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_service_kit::grpc::connect;
use doorward_service_kit::{Shutdown, SystemClock};
use tonic::transport::Channel;

use crate::data_folder::DataFolder;
use crate::error::Error;

/// `--data`, or the addresses of the services that the command calls.
#[derive(Debug, clap::Args)]
pub(crate) struct Target {
    /// Data folder, also while a server runs on it
    #[arg(long, value_name = "DIR", required_unless_present_any = ["registry", "identity", "organization"])]
    data: Option<PathBuf>,
    /// Address of a running client registry, instead of --data; for example <http://127.0.0.1:7001>
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    registry: Option<String>,
    /// Address of a running identity service, instead of --data
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    identity: Option<String>,
    /// Address of a running organization service, instead of --data
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    organization: Option<String>,
}

impl Target {
    /// Makes the data folder when it is missing.
    pub(crate) fn create_folder(&self) -> Result<(), Error> {
        self.data
            .as_deref()
            .map_or(Ok(()), |path| DataFolder::create(path).map(drop))
    }

    pub(crate) async fn registry(&self) -> Result<ClientRegistryServiceClient<Channel>, Error> {
        let channel = match self.folder()? {
            Some(folder) => folder.client_registry(&Shutdown::new()).await?,
            None => remote(self.registry.as_deref(), "--registry")?,
        };
        Ok(ClientRegistryServiceClient::new(channel))
    }

    pub(crate) async fn identity(&self) -> Result<IdentityServiceClient<Channel>, Error> {
        let channel = match self.folder()? {
            Some(folder) => {
                folder
                    .identity(Arc::new(SystemClock), &Shutdown::new())
                    .await?
            }
            None => remote(self.identity.as_deref(), "--identity")?,
        };
        Ok(IdentityServiceClient::new(channel))
    }

    pub(crate) async fn organization(&self) -> Result<OrganizationServiceClient<Channel>, Error> {
        let channel = match self.folder()? {
            Some(folder) => folder.organization(&Shutdown::new()).await?,
            None => remote(self.organization.as_deref(), "--organization")?,
        };
        Ok(OrganizationServiceClient::new(channel))
    }

    fn folder(&self) -> Result<Option<DataFolder>, Error> {
        self.data.as_deref().map(DataFolder::existing).transpose()
    }
}

fn remote(address: Option<&str>, flag: &str) -> Result<Channel, Error> {
    let missing = || {
        Error::Usage(format!(
            "this command also needs {flag} URL, or --data DIR instead"
        ))
    };
    Ok(connect(address.ok_or_else(missing)?)?)
}
