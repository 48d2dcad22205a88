//! Connections and applications of organizations that do not exist.

use doorward_proto::client_registry::v1::{FindClientRequest, ObjectKind, TenantChange};
use doorward_proto::organization::v1::OrganizationPatch;

use super::{Registry, connection_names};
use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

/// Returns one line for each connection and application of the file's organizations that does not exist.
pub(super) async fn without_effect(
    registry: &mut Registry,
    changes: &[TenantChange],
    organizations: &[OrganizationPatch],
) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    lines.extend(connections(registry, changes, organizations).await?);
    lines.extend(clients(registry, changes, organizations).await?);
    Ok(lines)
}

async fn connections(
    registry: &mut Registry,
    changes: &[TenantChange],
    organizations: &[OrganizationPatch],
) -> Result<Vec<String>, Error> {
    let mut known = connection_names(registry).await?;
    // In a dry run the new ones are not stored.
    let of_connections = changes
        .iter()
        .filter(|change| change.kind() == ObjectKind::Connection);
    known.extend(of_connections.map(|change| change.name.clone()));
    let mut lines = Vec::new();
    for organization in organizations {
        let list = organization.connections.iter();
        for connection in list.flat_map(|list| &list.connections) {
            let name = &connection.name;
            if !known.contains(name) {
                lines.push(format!(
                    "organizations[{}].connections[{name}]: there is no connection {name:?}",
                    organization.name
                ));
            }
        }
    }
    Ok(lines)
}

async fn clients(
    registry: &mut Registry,
    changes: &[TenantChange],
    organizations: &[OrganizationPatch],
) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    for organization in organizations {
        let list = organization.clients.iter();
        for client in list.flat_map(|list| &list.clients) {
            let id = &client.client_id;
            let is_new = changes.iter().any(|change| {
                change.kind() == ObjectKind::Client && change.id.as_ref() == Some(id)
            });
            if !is_new && !has_client(registry, id).await? {
                lines.push(format!(
                    "organizations[{}].clients[{id}]: there is no application {id:?}",
                    organization.name
                ));
            }
        }
    }
    Ok(lines)
}

async fn has_client(registry: &mut Registry, client_id: &str) -> Result<bool, Error> {
    let wanted = FindClientRequest {
        client_id: client_id.to_owned(),
    };
    let found = registry.find_client(request(wanted)).await;
    let found = found.map_err(Error::service(Service::ClientRegistry))?;
    Ok(found.into_inner().client.is_some())
}
