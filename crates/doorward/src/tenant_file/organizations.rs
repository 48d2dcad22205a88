//! `organizations`: groups of users.

mod lists;

use doorward_proto::client_registry::v1::{ClientPatch, ConnectionPatch};
use doorward_proto::organization::v1::{Branding, Metadata, OrganizationPatch};

use crate::document::{Ignored, Object, Result, Value};

/// Objects of the same file that organizations may name.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) clients: &'a [ClientPatch],
    pub(super) connections: &'a [ConnectionPatch],
}

pub(super) fn read(
    mut organization: Object,
    known: &Known<'_>,
    ignored: &mut Ignored,
) -> Result<OrganizationPatch> {
    let metadata = organization.text_members("metadata")?;
    let access = [("deny", false), ("allow", true)];
    let patch = OrganizationPatch {
        id: organization.text("id")?,
        name: organization.required_text("name")?,
        display_name: organization.text("display_name")?,
        branding: branding(&mut organization, ignored)?,
        metadata: metadata.map(|pairs| Metadata {
            pairs: pairs.into_iter().collect(),
        }),
        connections: lists::connections(&mut organization, known, ignored)?,
        third_party_clients_allowed: organization.choice("third_party_client_access", &access)?,
        discovery_domains: lists::discovery_domains(&mut organization, ignored)?,
        is_app_entitlement_active: organization.flag("is_app_entitlement_active")?,
        clients: lists::clients(&mut organization, known, ignored)?,
    };
    organization.pass("client_grants", &[Value::List(Vec::new())]);
    organization.finish(ignored);
    Ok(patch)
}

fn branding(organization: &mut Object, ignored: &mut Ignored) -> Result<Option<Branding>> {
    let Some(mut branding) = organization.object("branding")? else {
        return Ok(None);
    };
    let mut read = Branding {
        logo_url: branding.text("logo_url")?,
        ..Branding::default()
    };
    if let Some(mut colors) = branding.object("colors")? {
        read.primary_color = colors.text("primary")?;
        read.page_background_color = colors.text("page_background")?;
        colors.finish(ignored);
    }
    branding.finish(ignored);
    Ok(Some(read))
}
