//! Warnings about references of a tenant file to objects that do not exist. They are no errors: the objects may be
//! created later.

mod client_grants;
mod custom_claims;
mod organizations;
mod roles;

use std::collections::BTreeSet;

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, FindResourceServerRequest, GetTenantRequest, ListConnectionsRequest,
    ObjectKind, ResourceServer, TenantChange,
};
use doorward_proto::identity::v1::RolePatch;
use doorward_proto::organization::v1::OrganizationPatch;
use doorward_service_kit::grpc::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

type Registry = ClientRegistryServiceClient<Channel>;

/// A tenant file, and what it changes.
#[derive(Debug)]
pub(crate) struct References<'a> {
    /// Its part for the registry.
    pub(crate) tenant: &'a ApplyTenantRequest,
    /// The answer of the registry.
    pub(crate) changes: &'a [TenantChange],
    /// Its roles.
    pub(crate) roles: &'a [RolePatch],
    /// Its organizations.
    pub(crate) organizations: &'a [OrganizationPatch],
}

/// Returns one line for each setting, custom claim, client grant, permission and connection of an organization that has
/// no effect once the file is applied.
pub(crate) async fn unknown_references(
    mut registry: Registry,
    references: &References<'_>,
) -> Result<Vec<String>, Error> {
    let References {
        tenant: wanted,
        changes,
        roles,
        organizations,
    } = references;
    let answer = registry.get_tenant(request(GetTenantRequest {})).await;
    let answer = answer.map_err(Error::service(Service::ClientRegistry))?;
    let tenant = answer.into_inner().tenant.unwrap_or_default();
    let settings = wanted.tenant.clone().unwrap_or_default();
    // An empty text in the file removes the setting.
    let after = |wanted: Option<String>, current| wanted.or(current).filter(|it| !it.is_empty());
    let audience = after(settings.default_audience, tenant.default_audience);
    let directory = after(settings.default_directory, tenant.default_directory);
    let is_new = |kind, name: &str| {
        let mut changes = changes.iter();
        changes.any(|change| change.created && change.kind() == kind && change.name == name)
    };
    let mut lines = Vec::new();
    if let Some(audience) = audience
        && !is_new(ObjectKind::ResourceServer, &audience)
        && find_api(&mut registry, &audience).await?.is_none()
    {
        lines.push(format!(
            "tenant.default_audience: there is no API {audience:?}; requests without audience will fail"
        ));
    }
    if let Some(directory) = directory
        && !is_new(ObjectKind::Connection, &directory)
        && !connection_names(&mut registry).await?.contains(&directory)
    {
        lines.push(format!(
            "tenant.default_directory: there is no connection {directory:?}"
        ));
    }
    lines.extend(custom_claims::without_effect(&mut registry, wanted).await?);
    lines.extend(client_grants::without_effect(&mut registry, wanted, changes).await?);
    lines.extend(roles::without_effect(&mut registry, wanted, roles).await?);
    lines.extend(organizations::without_effect(&mut registry, changes, organizations).await?);
    Ok(lines)
}

async fn find_api(
    registry: &mut Registry,
    identifier: &str,
) -> Result<Option<ResourceServer>, Error> {
    let wanted = FindResourceServerRequest {
        identifier: identifier.to_owned(),
    };
    let answer = registry.find_resource_server(request(wanted)).await;
    let answer = answer.map_err(Error::service(Service::ClientRegistry))?;
    Ok(answer.into_inner().resource_server)
}

async fn connection_names(registry: &mut Registry) -> Result<BTreeSet<String>, Error> {
    let answer = registry
        .list_connections(request(ListConnectionsRequest {}))
        .await;
    let answer = answer.map_err(Error::service(Service::ClientRegistry))?;
    let connections = answer.into_inner().connections.into_iter();
    Ok(connections.map(|connection| connection.name).collect())
}
