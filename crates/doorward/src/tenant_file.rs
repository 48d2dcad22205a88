//! The tenant file: YAML in the shape that Auth0's deploy tool exports, read into the patches that the services apply.
//!
//! Reading checks shapes and types; the rules of values belong to the services that own them.

mod attack_protection;
mod client_grants;
mod clients;
mod connections;
mod doorward;
mod organizations;
mod resource_servers;
mod roles;
mod tenant;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use doorward_proto::client_registry::v1::ApplyTenantRequest;
use doorward_proto::identity::v1::RolePatch;
use doorward_proto::organization::v1::OrganizationPatch;

use crate::document::{self, Ignored, Object, Result};
use organizations::Known;

/// The content of a tenant file.
#[derive(Debug)]
pub(crate) struct TenantFile {
    /// For `client-registry`.
    pub(crate) tenant: ApplyTenantRequest,
    /// For `identity`.
    pub(crate) roles: Vec<RolePatch>,
    /// For `organization`.
    pub(crate) organizations: Vec<OrganizationPatch>,
    /// One line for each key that is ignored.
    pub(crate) ignored: Vec<String>,
}

/// Reads a tenant file; `values` are the values of its placeholders.
pub(crate) fn parse(text: &str, values: &BTreeMap<String, String>) -> Result<TenantFile> {
    let mut file = document::from_yaml(text, values)?;
    let mut ignored = Ignored::default();
    let ignored_keys = &mut ignored;

    let tenant = file.object("tenant")?;
    let tenant = tenant
        .map(|object| tenant::read(object, ignored_keys))
        .transpose()?;
    let tenant = match file.object("doorward")? {
        Some(object) => Some(doorward::read(object, tenant, ignored_keys)?),
        None => tenant,
    };
    let tenant = match file.object("attackProtection")? {
        Some(object) => Some(attack_protection::read(object, tenant, ignored_keys)?),
        None => tenant,
    };
    let clients = each(
        file.objects("clients", &["name"])?,
        clients::read,
        ignored_keys,
    )?;
    let apis = file.objects("resourceServers", &["name", "identifier"])?;
    let resource_servers = each(apis, resource_servers::read, ignored_keys)?;
    let grants = file.objects("clientGrants", &["client_id"])?;
    let client_grants = each(grants, client_grants::read, ignored_keys)?;
    let databases = file.objects("databases", &["name"])?;
    let mut connections = each(databases, connections::read, ignored_keys)?;
    let others = file.objects("connections", &["name"])?;
    connections.extend(each(others, connections::read, ignored_keys)?);
    let roles = each(file.objects("roles", &["name"])?, roles::read, ignored_keys)?;
    let objects = file.objects("organizations", &["name"])?;
    let known = Known {
        clients: &clients,
        connections: &connections,
    };
    let mut organizations = Vec::new();
    for object in objects.unwrap_or_default() {
        organizations.push(organizations::read(object, &known, ignored_keys)?);
    }
    file.finish(ignored_keys);

    Ok(TenantFile {
        tenant: ApplyTenantRequest {
            tenant,
            clients,
            resource_servers,
            client_grants,
            connections,
            dry_run: false,
        },
        roles,
        organizations,
        ignored: ignored.into_lines(),
    })
}

/// Reads the objects of a list; `read` returns `None` for an object that is ignored as a whole.
fn each<T>(
    objects: Option<Vec<Object>>,
    read: fn(Object, &mut Ignored) -> Result<Option<T>>,
    ignored: &mut Ignored,
) -> Result<Vec<T>> {
    let objects = objects.unwrap_or_default().into_iter();
    objects
        .filter_map(|object| read(object, ignored).transpose())
        .collect()
}
