//! The lists of an organization.

use doorward_proto::organization::v1::{
    DiscoveryDomain, DiscoveryDomains, OrganizationClient, OrganizationClients,
    OrganizationConnection, OrganizationConnections,
};

use super::Known;
use crate::document::{Ignored, Object, Result};

/// `connections`, as Auth0's tool exports them, or `enabled_connections`, as Auth0's API takes them.
pub(super) fn connections(
    organization: &mut Object,
    known: &Known<'_>,
    ignored: &mut Ignored,
) -> Result<Option<OrganizationConnections>> {
    let exported = organization.objects("connections", &["name"])?;
    let list = match exported {
        Some(list) => Some(list),
        None => organization.objects("enabled_connections", &["name"])?,
    };
    let Some(list) = list else { return Ok(None) };
    let connections = list
        .into_iter()
        .map(|object| connection(object, known, ignored));
    let connections = connections.collect::<Result<_>>()?;
    Ok(Some(OrganizationConnections { connections }))
}

fn connection(
    mut connection: Object,
    known: &Known<'_>,
    ignored: &mut Ignored,
) -> Result<OrganizationConnection> {
    let read = OrganizationConnection {
        name: name(&mut connection, known)?,
        assign_membership_on_login: connection
            .flag("assign_membership_on_login")?
            .unwrap_or(false),
        is_signup_enabled: connection.flag("is_signup_enabled")?.unwrap_or(false),
        show_as_button: connection.flag("show_as_button")?.unwrap_or(true),
        is_enabled: connection.flag("is_enabled")?.unwrap_or(true),
    };
    connection.pass("organization_access_level", &["none".into()]);
    connection.finish(ignored);
    Ok(read)
}

/// The name, or that of the connection with the given id.
fn name(connection: &mut Object, known: &Known<'_>) -> Result<String> {
    let name = connection.text("name")?;
    let id = connection.text("connection_id")?;
    match (name, id) {
        (None, Some(id)) => {
            let mut connections = known.connections.iter();
            let found = connections.find(|patch| patch.id.as_ref() == Some(&id));
            found.map(|patch| patch.name.clone()).ok_or_else(|| {
                let problem =
                    format!("{id:?} is not the id of a connection in this file; give its name");
                connection.problem("connection_id", problem)
            })
        }
        (Some(name), _) if !name.is_empty() => Ok(name),
        _ => Err(connection.problem("name", "is missing")),
    }
}

pub(super) fn discovery_domains(
    organization: &mut Object,
    ignored: &mut Ignored,
) -> Result<Option<DiscoveryDomains>> {
    let Some(list) = organization.objects("discovery_domains", &["domain"])? else {
        return Ok(None);
    };
    let status = [("pending", false), ("verified", true)];
    let domains = list.into_iter().map(|mut domain| {
        let used = domain.flag("use_for_organization_discovery")?;
        let read = DiscoveryDomain {
            domain: domain.required_text("domain")?,
            verified: domain.choice("status", &status)?.unwrap_or(false),
            use_for_organization_discovery: used.unwrap_or(true),
        };
        pass_proof(&mut domain)?;
        domain.finish(ignored);
        Ok(read)
    });
    let domains = domains.collect::<Result<_>>()?;
    Ok(Some(DiscoveryDomains { domains }))
}

/// Members of an export that belong to Auth0's check of the domain, which is not repeated here.
fn pass_proof(domain: &mut Object) -> Result<()> {
    for key in ["id", "verification_txt", "verification_host"] {
        domain.text(key)?;
    }
    Ok(())
}

pub(super) fn clients(
    organization: &mut Object,
    known: &Known<'_>,
    ignored: &mut Ignored,
) -> Result<Option<OrganizationClients>> {
    let Some(list) = organization.objects("clients", &["client_id"])? else {
        return Ok(None);
    };
    let clients = list.into_iter().map(|mut client| {
        let used = client.flag("use_for_member_access")?;
        let read = OrganizationClient {
            client_id: client_id(client.required_text("client_id")?, known),
            use_for_member_access: used.unwrap_or(false),
        };
        client.finish(ignored);
        Ok(read)
    });
    let clients = clients.collect::<Result<_>>()?;
    Ok(Some(OrganizationClients { clients }))
}

/// The id of an application that is named by its id or by its name in the file.
fn client_id(id_or_name: String, known: &Known<'_>) -> String {
    let mut clients = known.clients.iter();
    let named = clients.find(|patch| patch.name == id_or_name);
    let id = named.and_then(|patch| patch.client_id.clone());
    id.unwrap_or(id_or_name)
}
