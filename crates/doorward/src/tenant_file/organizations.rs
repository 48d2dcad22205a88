//! `organizations`: groups of users.

mod lists;

use doorward_client_registry::domain::rule;
use doorward_organization::check_patch;
use doorward_proto::client_registry::v1::{ClientPatch, ConnectionPatch};
use doorward_proto::organization::v1::{Branding, Metadata, OrganizationPatch};

use crate::document::{Object, Value};

/// Objects of the same file that organizations may name.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) clients: &'a [ClientPatch],
    pub(super) connections: &'a [ConnectionPatch],
}

pub(super) fn read(organization: &mut Object, known: &Known<'_>) -> Option<OrganizationPatch> {
    let metadata = organization.text_members("metadata");
    let name = organization.required_text("name");
    let access = [("deny", false), ("allow", true)];
    let patch = OrganizationPatch {
        id: organization.text("id"),
        display_name: organization.text("display_name"),
        branding: branding(organization),
        metadata: metadata.map(|pairs| Metadata {
            pairs: pairs.into_iter().collect(),
        }),
        connections: lists::connections(organization, known),
        third_party_clients_allowed: organization.choice("third_party_client_access", &access),
        discovery_domains: lists::discovery_domains(organization),
        is_app_entitlement_active: organization.flag("is_app_entitlement_active"),
        clients: lists::clients(organization, known),
        name: name?,
    };
    organization.pass("client_grants", &[Value::List(Vec::new())]);
    organization.require(check_patch(patch.clone()));
    Some(patch)
}

fn branding(organization: &mut Object) -> Option<Branding> {
    let mut branding = organization.object("branding")?;
    let mut read = Branding {
        logo_url: branding.text_that("logo_url", rule::https_url),
        ..Branding::default()
    };
    if let Some(mut colors) = branding.object("colors") {
        read.primary_color = colors.text("primary");
        read.page_background_color = colors.text("page_background");
        colors.finish();
    }
    branding.finish();
    Some(read)
}
