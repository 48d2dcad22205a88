//! The generated trait: decode, call the store, encode.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use doorward_proto::Refusal;
use doorward_proto::client_registry::v1::client_registry_service_server::ClientRegistryService;
use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, ApplyTenantResponse, FindAllowedOriginRequest, FindAllowedOriginResponse,
    FindClientRequest, FindClientResponse, FindConnectionRequest, FindConnectionResponse,
    FindResourceServerRequest, FindResourceServerResponse, GetTenantRequest, GetTenantResponse,
    ListConnectionsRequest, ListConnectionsResponse, WatchRequest, WatchResponse,
};
use doorward_proto::errors::v1::ErrorReason;
use futures::StreamExt;
use futures::stream::BoxStream;
use tonic::{Request, Response, Status};

use crate::convert;
use crate::domain::ClientId;
use crate::revisions::{Revisions, Unavailable};
use crate::store::Store;

#[derive(Debug)]
pub(crate) struct Service {
    store: Arc<dyn Store>,
    revisions: Revisions,
}

impl Service {
    pub(crate) fn new(store: Arc<dyn Store>, revisions: Revisions) -> Self {
        Self { store, revisions }
    }
}

#[tonic::async_trait]
impl ClientRegistryService for Service {
    async fn get_tenant(
        &self,
        _: Request<GetTenantRequest>,
    ) -> Result<Response<GetTenantResponse>, Status> {
        let tenant = self.store.get_tenant().await?;
        Ok(Response::new(GetTenantResponse {
            tenant: Some(tenant.into()),
        }))
    }

    async fn find_client(
        &self,
        request: Request<FindClientRequest>,
    ) -> Result<Response<FindClientResponse>, Status> {
        let id = ClientId::from(request.into_inner().client_id);
        let found = self.store.find_client(&id).await?;
        Ok(Response::new(found.map(Into::into).unwrap_or_default()))
    }

    async fn find_resource_server(
        &self,
        request: Request<FindResourceServerRequest>,
    ) -> Result<Response<FindResourceServerResponse>, Status> {
        let identifier = request.into_inner().identifier;
        let found = self.store.find_resource_server(&identifier).await?;
        Ok(Response::new(FindResourceServerResponse {
            resource_server: found.map(Into::into),
        }))
    }

    async fn find_allowed_origin(
        &self,
        request: Request<FindAllowedOriginRequest>,
    ) -> Result<Response<FindAllowedOriginResponse>, Status> {
        let origin = request.into_inner().origin;
        let allowed = self.store.is_allowed_origin(&origin).await?;
        Ok(Response::new(FindAllowedOriginResponse { allowed }))
    }

    async fn find_connection(
        &self,
        request: Request<FindConnectionRequest>,
    ) -> Result<Response<FindConnectionResponse>, Status> {
        let name = request.into_inner().name;
        let found = self.store.find_connection(&name).await?;
        Ok(Response::new(FindConnectionResponse {
            connection: found.map(Into::into),
        }))
    }

    async fn list_connections(
        &self,
        _: Request<ListConnectionsRequest>,
    ) -> Result<Response<ListConnectionsResponse>, Status> {
        let connections = self.store.list_connections().await?;
        Ok(Response::new(ListConnectionsResponse {
            connections: connections.into_iter().map(Into::into).collect(),
        }))
    }

    async fn apply_tenant(
        &self,
        request: Request<ApplyTenantRequest>,
    ) -> Result<Response<ApplyTenantResponse>, Status> {
        let request = request.into_inner();
        let dry_run = request.dry_run;
        let plan = self
            .store
            .apply(convert::desired(request)?, dry_run)
            .await?;
        let left_out = convert::left_out(&plan);
        let changes = convert::changes(plan, dry_run);
        if !dry_run {
            let (operation, changes) = ("import", changes.len());
            tracing::info!(target: "audit", event = "sapi", operation, changes, "tenant imported");
        }
        Ok(Response::new(ApplyTenantResponse { changes, left_out }))
    }

    type WatchStream = BoxStream<'static, Result<WatchResponse, Status>>;

    async fn watch(&self, _: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let answers = self.revisions.stream().map(|seen| match seen {
            Ok(revision) => Ok(WatchResponse { revision }),
            Err(Unavailable) => {
                Err(Refusal::new(ErrorReason::StoreUnavailable, "the store does not answer").into())
            }
        });
        Ok(Response::new(answers.boxed()))
    }
}
