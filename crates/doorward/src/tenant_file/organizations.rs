//! `organizations`: their ids and names.

use doorward_proto::organization::v1::OrganizationPatch;

use crate::document::{Ignored, Object, Result};

pub(super) fn read(
    mut organization: Object,
    ignored: &mut Ignored,
) -> Result<Option<OrganizationPatch>> {
    let patch = OrganizationPatch {
        id: organization.text("id")?,
        name: organization.required_text("name")?,
        display_name: organization.text("display_name")?,
        ..OrganizationPatch::default()
    };
    organization.finish(ignored);
    Ok(Some(patch))
}
