//! Tenant settings that name something that is not there. It may come later, so they are worth a warning and no error.

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{
    FindResourceServerRequest, GetTenantRequest, ListConnectionsRequest, TenantChange, TenantPatch,
};
use tonic::transport::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

type Registry = ClientRegistryServiceClient<Channel>;

/// One line for each such setting, after `wanted` was applied with these changes, or would have been.
pub(crate) async fn dangling(
    mut registry: Registry,
    wanted: TenantPatch,
    changes: &[TenantChange],
) -> Result<Vec<String>, Error> {
    let answer = registry.get_tenant(request(GetTenantRequest {})).await;
    let answer = answer.map_err(Error::service(Service::ClientRegistry))?;
    let tenant = answer.into_inner().tenant.unwrap_or_default();
    let audience = wanted.default_audience.unwrap_or(tenant.default_audience);
    let directory = wanted.default_directory.unwrap_or(tenant.default_directory);
    let is_new = |kind, name: &str| {
        let mut changes = changes.iter();
        changes.any(|change| change.created && change.kind == kind && change.name == name)
    };
    let mut lines = Vec::new();
    if !audience.is_empty()
        && !is_new("resource_server", &audience)
        && !has_api(&mut registry, &audience).await?
    {
        lines.push(format!(
            "tenant.default_audience: there is no API {audience:?}; requests without audience will fail"
        ));
    }
    if !directory.is_empty()
        && !is_new("connection", &directory)
        && !has_connection(&mut registry, &directory).await?
    {
        lines.push(format!(
            "tenant.default_directory: there is no connection {directory:?}"
        ));
    }
    Ok(lines)
}

async fn has_api(registry: &mut Registry, identifier: &str) -> Result<bool, Error> {
    let wanted = FindResourceServerRequest {
        identifier: identifier.to_owned(),
    };
    let answer = registry.find_resource_server(request(wanted)).await;
    let answer = answer.map_err(Error::service(Service::ClientRegistry))?;
    Ok(answer.into_inner().resource_server.is_some())
}

async fn has_connection(registry: &mut Registry, name: &str) -> Result<bool, Error> {
    let answer = registry
        .list_connections(request(ListConnectionsRequest {}))
        .await;
    let answer = answer.map_err(Error::service(Service::ClientRegistry))?;
    let mut connections = answer.into_inner().connections.into_iter();
    Ok(connections.any(|connection| connection.name == name))
}
