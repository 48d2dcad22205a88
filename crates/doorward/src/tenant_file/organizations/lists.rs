//! The lists of an organization.

use doorward_proto::organization::v1::{
    DiscoveryDomain, DiscoveryDomains, OrganizationClient, OrganizationClients,
    OrganizationConnection, OrganizationConnections,
};

use super::Known;
use crate::document::Object;

/// `connections`, as Auth0's tool exports them, or `enabled_connections`, as Auth0's API takes them.
pub(super) fn connections(
    organization: &mut Object,
    known: &Known<'_>,
) -> Option<OrganizationConnections> {
    let exported = organization.objects("connections", &["name"]);
    let list = match exported {
        Some(list) => list,
        None => organization.objects("enabled_connections", &["name"])?,
    };
    let connections = list
        .into_iter()
        .filter_map(|object| object.read_or_refuse(|object| connection(object, known)));
    let connections = connections.collect();
    Some(OrganizationConnections { connections })
}

fn connection(connection: &mut Object, known: &Known<'_>) -> Option<OrganizationConnection> {
    let name = name(connection, known);
    let read = OrganizationConnection {
        assign_membership_on_login: connection
            .flag("assign_membership_on_login")
            .unwrap_or(false),
        is_signup_enabled: connection.flag("is_signup_enabled").unwrap_or(false),
        show_as_button: connection.flag("show_as_button").unwrap_or(true),
        is_enabled: connection.flag("is_enabled").unwrap_or(true),
        name: name?,
    };
    connection.pass("organization_access_level", &["none".into()]);
    Some(read)
}

/// The name, or that of the connection with the given id.
fn name(connection: &mut Object, known: &Known<'_>) -> Option<String> {
    let name = connection.text("name");
    let id = connection.text("connection_id");
    match (name, id) {
        (None, Some(id)) => {
            let mut connections = known.connections.iter();
            let found = connections.find(|patch| patch.id.as_ref() == Some(&id));
            if found.is_none() {
                let problem =
                    format!("{id:?} is not the id of a connection in this file; give its name");
                connection.unserved("connection_id", problem);
            }
            found.map(|patch| patch.name.clone())
        }
        (Some(name), _) if !name.is_empty() => Some(name),
        _ => {
            connection.fault("name", "is missing");
            None
        }
    }
}

pub(super) fn discovery_domains(organization: &mut Object) -> Option<DiscoveryDomains> {
    let list = organization.objects("discovery_domains", &["domain"])?;
    let domains = list
        .into_iter()
        .filter_map(|domain| domain.read_or_refuse(discovery_domain));
    let domains = domains.collect();
    Some(DiscoveryDomains { domains })
}

fn discovery_domain(domain: &mut Object) -> Option<DiscoveryDomain> {
    let status = [("pending", false), ("verified", true)];
    let name = domain.required_text("domain");
    let used = domain.flag("use_for_organization_discovery");
    let verified = domain.choice("status", &status).unwrap_or(false);
    // Members of an export that belong to Auth0's check of the domain, which is not repeated here.
    for key in ["id", "verification_txt", "verification_host"] {
        domain.text(key);
    }
    Some(DiscoveryDomain {
        domain: name?,
        verified,
        use_for_organization_discovery: used.unwrap_or(true),
    })
}

pub(super) fn clients(organization: &mut Object, known: &Known<'_>) -> Option<OrganizationClients> {
    let list = organization.objects("clients", &["client_id"])?;
    let clients = list.into_iter().filter_map(|client| {
        client.read_or_refuse(|client| {
            let id = client.required_text("client_id");
            let used = client.flag("use_for_member_access");
            Some(OrganizationClient {
                client_id: client_id(id?, known),
                use_for_member_access: used.unwrap_or(false),
            })
        })
    });
    let clients = clients.collect();
    Some(OrganizationClients { clients })
}

/// The id of an application that is named by its id or by its name in the file.
fn client_id(id_or_name: String, known: &Known<'_>) -> String {
    let mut clients = known.clients.iter();
    let named = clients.find(|patch| patch.name == id_or_name);
    let id = named.and_then(|patch| patch.client_id.clone());
    id.unwrap_or(id_or_name)
}
