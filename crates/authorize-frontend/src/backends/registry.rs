//! Tenant settings, clients and APIs, cached in this process.
//!
//! Each cached value belongs to a *generation*. The registry's watch starts a new one when anything has changed, and
//! values of older generations are not read again. A miss is one call, shared by all requests that wait for it.
//! Messages are converted to the model here, so that a request parses nothing that is registered.

mod convert;
mod generation;

use std::sync::{Arc, PoisonError, RwLock};

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{
    FindAllowedOriginRequest, FindClientRequest, FindConnectionRequest, FindResourceServerRequest,
    GetTenantRequest,
};
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::Channel;
use metrics::{Counter, counter};
use moka::future::Cache;
use tonic::Status;

use super::calls::Calls;
use super::{BackendError, Patience};
use crate::metrics::REGISTRY_CACHE_LOOKUPS;
use crate::model::{Api, Client, ClientGrant, Connection, Tenant};
use generation::Generation;

const MAX_ENTRIES: u64 = 10_000;

/// Cached values of one kind.
#[derive(Debug)]
struct Entries<T: Send + Sync + 'static> {
    cache: Cache<(u64, String), Arc<T>>,
    hits: Counter,
    misses: Counter,
}

impl<T: Send + Sync + 'static> Entries<T> {
    fn new(kind: &'static str, max: u64) -> Self {
        let lookups =
            |outcome| counter!(REGISTRY_CACHE_LOOKUPS, "kind" => kind, "outcome" => outcome);
        Self {
            cache: Cache::new(max),
            hits: lookups("hit"),
            misses: lookups("miss"),
        }
    }
}

/// Why a value was not cached.
#[derive(Debug, Clone)]
enum Miss {
    Absent,
    Lost(BackendError),
}

#[derive(Debug)]
pub(crate) struct Registry {
    service: ClientRegistryServiceClient<Channel>,
    calls: Calls,
    generation: Generation,
    tenants: Entries<Tenant>,
    last_tenant: RwLock<Arc<Tenant>>,
    clients: Entries<Client>,
    connections: Entries<Connection>,
    apis: Entries<Api>,
}

impl Registry {
    pub(super) fn start(channel: Channel, patience: &Patience, shutdown: Shutdown) -> Self {
        let service = ClientRegistryServiceClient::new(channel);
        Self {
            generation: Generation::watch(service.clone(), shutdown),
            service,
            calls: Calls::new("client-registry", patience),
            tenants: Entries::new("tenant", 1),
            last_tenant: RwLock::default(),
            clients: Entries::new("client", MAX_ENTRIES),
            connections: Entries::new("connection", MAX_ENTRIES),
            apis: Entries::new("api", MAX_ENTRIES),
        }
    }

    pub(crate) async fn tenant(&self) -> Result<Arc<Tenant>, BackendError> {
        let found = self
            .cached(&self.tenants, "", async || {
                let request = GetTenantRequest {};
                let result = self
                    .calls
                    .repeatable(&self.service, request, |mut client, request| async move {
                        client.get_tenant(request).await
                    })
                    .await;
                let tenant = self.calls.answer(result)?.tenant;
                self.calls.converted(tenant)
            })
            .await?;
        self.calls.required(found, "tenant")
    }

    /// The tenant's settings, or the last ones that were received: discovery is answered when all backends are down.
    pub(crate) async fn last_known_tenant(&self) -> Arc<Tenant> {
        let Ok(tenant) = self.tenant().await else {
            let last = self.last_tenant.read();
            return Arc::clone(&last.unwrap_or_else(PoisonError::into_inner));
        };
        let mut last = self
            .last_tenant
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Arc::clone(&tenant);
        tenant
    }

    pub(crate) async fn client(
        &self,
        client_id: &str,
    ) -> Result<Option<Arc<Client>>, BackendError> {
        self.cached(&self.clients, client_id, async || {
            let request = FindClientRequest {
                client_id: client_id.to_owned(),
            };
            let result = self
                .calls
                .repeatable(&self.service, request, |mut client, request| async move {
                    client.find_client(request).await
                })
                .await;
            let answer = self.calls.answer(result)?;
            let client: Option<Client> = self.calls.converted(answer.client)?;
            let connections = answer.connections.into_iter().map(Connection::from);
            let client_grants = answer.client_grants.into_iter().map(ClientGrant::from);
            Ok(client.map(|client| Client {
                connections: connections.collect(),
                client_grants: client_grants.collect(),
                ..client
            }))
        })
        .await
    }

    pub(crate) async fn api(&self, identifier: &str) -> Result<Option<Arc<Api>>, BackendError> {
        self.cached(&self.apis, identifier, async || {
            let request = FindResourceServerRequest {
                identifier: identifier.to_owned(),
            };
            let result = self
                .calls
                .repeatable(&self.service, request, |mut client, request| async move {
                    client.find_resource_server(request).await
                })
                .await;
            let api = self.calls.answer(result)?.resource_server;
            self.calls.converted(api)
        })
        .await
    }

    /// The connection, whichever client may use it.
    pub(crate) async fn connection(
        &self,
        name: &str,
    ) -> Result<Option<Arc<Connection>>, BackendError> {
        self.cached(&self.connections, name, async || {
            let request = FindConnectionRequest {
                name: name.to_owned(),
            };
            let result = self
                .calls
                .repeatable(&self.service, request, |mut client, request| async move {
                    client.find_connection(request).await
                })
                .await;
            Ok(self.calls.answer(result)?.connection.map(Connection::from))
        })
        .await
    }

    /// Whether any client allows cross-origin calls from `origin`. Browsers cache the answer, so it is not cached here.
    pub(crate) async fn allows_origin(&self, origin: &str) -> Result<bool, BackendError> {
        let request = FindAllowedOriginRequest {
            origin: origin.to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.service, request, |mut client, request| async move {
                client.find_allowed_origin(request).await
            })
            .await;
        Ok(self.calls.answer(result)?.allowed)
    }

    /// Returns the cached value of `key`, or else loads it. Absence is not cached: requests with made-up ids would push
    /// out the values in use.
    async fn cached<T: Send + Sync + 'static>(
        &self,
        entries: &Entries<T>,
        key: &str,
        load: impl AsyncFnOnce() -> Result<Option<T>, BackendError>,
    ) -> Result<Option<Arc<T>>, BackendError> {
        let generation = self.generation.current().ok_or_else(|| {
            let status = Status::unavailable("no message from the watch for too long");
            BackendError::new(self.calls.backend, status)
        })?;
        let mut lookups = &entries.hits;
        let entry = (generation, key.to_owned());
        let loaded = entries.cache.try_get_with(entry, async {
            lookups = &entries.misses;
            match load().await {
                Ok(Some(found)) => Ok(Arc::new(found)),
                Ok(None) => Err(Miss::Absent),
                Err(error) => Err(Miss::Lost(error)),
            }
        });
        let loaded = loaded.await;
        lookups.increment(1);
        match loaded {
            Ok(found) => Ok(Some(found)),
            Err(miss) => match &*miss {
                Miss::Absent => Ok(None),
                Miss::Lost(error) => Err(error.clone()),
            },
        }
    }
}
