//! The tenant file: YAML in the shape that Auth0's deploy tool exports, read into the patches that the services apply.
//!
//! Reading checks shapes and types; the rules of values belong to the services that own them.

mod attack_protection;
mod client_grants;
mod clients;
mod connections;
mod doorward;
mod organizations;
mod places;
mod resource_servers;
mod roles;
mod tenant;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use doorward_proto::client_registry::v1::{ApplyTenantRequest, TenantPatch};
use doorward_proto::identity::v1::RolePatch;
use doorward_proto::organization::v1::OrganizationPatch;

use crate::document::{self, Object, Report, Result, Warnings};
use organizations::Known;
pub(crate) use places::Places;

/// The content of a tenant file.
#[derive(Debug)]
pub(crate) struct TenantFile {
    /// For `client-registry`.
    pub(crate) tenant: ApplyTenantRequest,
    /// For `identity`.
    pub(crate) roles: Vec<RolePatch>,
    /// For `organization`.
    pub(crate) organizations: Vec<OrganizationPatch>,
    /// The keys and objects that are ignored or left out.
    pub(crate) warnings: Warnings,
    /// Where references to applications stand.
    pub(crate) places: Places,
}

/// Reads a tenant file; `values` are the values of its placeholders. The error lists all faults of the file.
pub(crate) fn parse(text: &str, values: &BTreeMap<String, String>) -> Result<TenantFile> {
    let report = Report::default();
    let mut file = document::from_yaml(text, values, &report)?;
    let mut places = Places::default();

    let tenant = settings(&mut file, &mut places);
    let clients = each(&mut file, "clients", &["name"], clients::read);
    let names = ["name", "identifier"];
    let resource_servers = each(&mut file, "resourceServers", &names, resource_servers::read);
    let client_grants = each(&mut file, "clientGrants", &["client_id"], |grant| {
        client_grants::read(grant, &mut places)
    });
    let mut connections = Vec::new();
    for key in ["databases", "connections"] {
        let objects = file.objects(key, &["name"]).unwrap_or_default().into_iter();
        connections.extend(objects.filter_map(|object| {
            object.read_or_refuse(|object| connections::read(object, &mut places))
        }));
    }
    let roles = each(&mut file, "roles", &["name"], roles::read);
    let known = Known {
        clients: &clients,
        connections: &connections,
    };
    let organizations = each(&mut file, "organizations", &["name"], |organization| {
        organizations::read(organization, &known)
    });
    file.finish();

    Ok(TenantFile {
        tenant: ApplyTenantRequest {
            tenant,
            clients,
            resource_servers,
            client_grants,
            connections,
            dry_run: false,
            leave_out_unknown_clients: false,
        },
        roles,
        organizations,
        warnings: report.finish()?,
        places,
    })
}

/// `tenant` and `doorward`.
fn settings(file: &mut Object, places: &mut Places) -> Option<TenantPatch> {
    let tenant = file.object("tenant");
    let tenant = tenant.and_then(|tenant| tenant.read_or_refuse(|it| Some(tenant::read(it))));
    let tenant = match file.object("doorward") {
        Some(object) => object.read_or_refuse(|it| Some(doorward::read(it, tenant, places))),
        None => tenant,
    };
    match file.object("attackProtection") {
        Some(object) => object.read_or_refuse(|it| Some(attack_protection::read(it, tenant))),
        None => tenant,
    }
}

/// Reads the objects of a list, except those that are left out; `read` returns `None` for an object that is ignored
/// as a whole.
fn each<T>(
    file: &mut Object,
    key: &str,
    names: &[&str],
    mut read: impl FnMut(&mut Object) -> Option<T>,
) -> Vec<T> {
    let objects = file.objects(key, names).unwrap_or_default().into_iter();
    objects
        .filter_map(|object| object.read_or_leave_out(&mut read))
        .collect()
}
