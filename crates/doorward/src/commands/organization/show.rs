//! `doorward organization show`: prints the settings of an organization.

use doorward_proto::organization::v1::{
    Branding, DiscoveryDomain, Organization, OrganizationConnection,
};
use serde_json::{Map, Value, json};

use super::OrganizationArgs;
use crate::choose_organization::choose_organization;
use crate::error::Error;
use crate::output::{say, say_json};
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    organization: OrganizationArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Organization])?;
    let mut organizations = deployment.organization().await?;
    let wanted = &args.organization.org;
    let organization = choose_organization(&mut organizations, wanted).await?;
    let document = document(&organization);
    if args.json {
        say_json(&document);
    } else {
        let mut lines = Vec::new();
        add_lines(&mut lines, "", &document);
        lines.iter().for_each(say);
    }
    Ok(())
}

/// An organization in the words of the tenant file.
pub(super) fn document(organization: &Organization) -> Value {
    let branding = organization.branding.as_ref().map(branding);
    let metadata: Map<_, _> = organization
        .metadata
        .iter()
        .map(|(key, value)| (key.clone(), value.as_str().into()))
        .collect();
    let clients = organization.clients.iter().map(
        |it| json!({ "client_id": it.client_id, "use_for_member_access": it.use_for_member_access }),
    );
    json!({
        "id": organization.id,
        "name": organization.name,
        "display_name": organization.display_name,
        "branding": branding.unwrap_or_else(|| json!({})),
        "metadata": metadata,
        "connections": organization.connections.iter().map(connection).collect::<Vec<_>>(),
        "third_party_client_access": if organization.third_party_clients_allowed { "allow" } else { "deny" },
        "discovery_domains": organization.discovery_domains.iter().map(domain).collect::<Vec<_>>(),
        "is_app_entitlement_active": organization.is_app_entitlement_active,
        "clients": clients.collect::<Vec<_>>(),
    })
}

/// Only values that are set.
fn branding(branding: &Branding) -> Value {
    let mut document = json!({});
    if let Some(url) = &branding.logo_url {
        document["logo_url"] = url.as_str().into();
    }
    for (key, color) in [
        ("primary", &branding.primary_color),
        ("page_background", &branding.page_background_color),
    ] {
        if let Some(color) = color {
            document["colors"][key] = color.as_str().into();
        }
    }
    document
}

fn connection(connection: &OrganizationConnection) -> Value {
    json!({
        "name": connection.name,
        "assign_membership_on_login": connection.assign_membership_on_login,
        "is_signup_enabled": connection.is_signup_enabled,
        "show_as_button": connection.show_as_button,
        "is_enabled": connection.is_enabled,
    })
}

fn domain(domain: &DiscoveryDomain) -> Value {
    json!({
        "domain": domain.domain,
        "status": if domain.verified { "verified" } else { "pending" },
        "use_for_organization_discovery": domain.use_for_organization_discovery,
    })
}

/// One line for each value: its path, and the value.
fn add_lines(lines: &mut Vec<String>, path: &str, value: &Value) {
    let dot = if path.is_empty() { "" } else { "." };
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                add_lines(lines, &format!("{path}{dot}{}", printable(key)), value);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                add_lines(lines, &format!("{path}[{index}]"), item);
            }
        }
        Value::String(text) => lines.push(format!("{path}: {}", printable(text))),
        other => lines.push(format!("{path}: {other}")),
    }
}

/// A text, with its control characters escaped: a terminal would obey them.
fn printable(text: &str) -> String {
    let mut printable = String::new();
    for character in text.chars() {
        if character.is_control() {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_each_value() {
        let organization = Organization {
            id: "org_a".to_owned(),
            name: "acme".to_owned(),
            branding: Some(Branding {
                primary_color: Some("#0059d6".to_owned()),
                ..Branding::default()
            }),
            metadata: [("a\u{1b}".to_owned(), "b\u{1b}[2J".to_owned())].into(),
            connections: vec![OrganizationConnection {
                name: "Staff".to_owned(),
                is_enabled: true,
                ..OrganizationConnection::default()
            }],
            ..Organization::default()
        };
        let mut lines = Vec::new();
        add_lines(&mut lines, "", &document(&organization));
        for line in [
            "id: org_a",
            "branding.colors.primary: #0059d6",
            "connections[0].name: Staff",
            "connections[0].is_signup_enabled: false",
            "third_party_client_access: deny",
        ] {
            assert!(lines.iter().any(|printed| printed == line), "{lines:?}");
        }
        assert!(!lines.concat().contains('\u{1b}'), "{lines:?}");
    }
}
