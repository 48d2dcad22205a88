//! Every service in this process, with HTTP as the only port.

use std::sync::Arc;
use std::thread;

use doorward_authorize_frontend::{Channels, HttpConfig};
use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_service_kit::{Clock, Shutdown, StartError, SystemClock, on_signal};

use crate::apply_tenant::{Services, apply};
use crate::data_folder::{DataFolder, ServerLock};
use crate::error::Error;
use crate::listen;
use crate::tenant_file::TenantFile;

/// All services over a data folder, ready to serve.
#[derive(Debug)]
pub(crate) struct Embedded {
    pub(crate) channels: Channels,
    pub(crate) folder: DataFolder,
    pub(crate) shutdown: Shutdown,
    http: HttpConfig,
    clock: Arc<dyn Clock>,
    _lock: ServerLock,
}

impl Embedded {
    /// Checks the settings, locks the folder, and opens all stores in it.
    pub(crate) async fn open(folder: DataFolder, http: HttpConfig) -> Result<Self, Error> {
        let issuer = http.validate().map_err(StartError::from)?;
        listen::probe("--listen", http.listen)?;
        let lock = folder.lock()?;
        folder.warn_if_others_may_enter();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let shutdown = on_signal();
        let channels = folder.services(&issuer, &clock, &shutdown).await?;
        Ok(Self {
            channels,
            folder,
            shutdown,
            http,
            clock,
            _lock: lock,
        })
    }

    /// Applies a tenant file. Returns one line per change.
    pub(crate) async fn import(&self, file: TenantFile) -> Result<Vec<String>, Error> {
        let services = Services {
            registry: ClientRegistryServiceClient::new(self.channels.client_registry.clone())
                .max_decoding_message_size(doorward_client_registry::MAX_MESSAGE_BYTES),
            identity: Some(IdentityServiceClient::new(self.channels.identity.clone())),
            organization: Some(OrganizationServiceClient::new(
                self.channels.organization.clone(),
            )),
        };
        apply(file, services, false).await
    }

    /// Serves until a signal. Calls `ready` once connections are accepted, on a separate thread, because writing to
    /// standard output may block.
    pub(crate) async fn serve(self, ready: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let address = self.http.listen;
        let announce = async {
            listen::until_accepting(address).await;
            let _ = thread::Builder::new().spawn(ready);
            std::future::pending().await
        };
        let serving =
            doorward_authorize_frontend::serve(self.http, self.channels, self.clock, self.shutdown);
        tokio::select! {
            biased;
            served = serving => Ok(served?),
            never = announce => never,
        }
    }
}
