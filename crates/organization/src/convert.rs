//! Messages to domain types and back.

use doorward_proto::InvalidField;
use doorward_proto::organization::v1 as wire;

use crate::domain::{Change, Organization, OrganizationName, Patch};

impl From<Organization> for wire::Organization {
    fn from(organization: Organization) -> Self {
        Self {
            id: organization.id.to_string(),
            name: organization.name.as_str().to_owned(),
            display_name: organization.display_name,
            ..Self::default()
        }
    }
}

impl TryFrom<wire::OrganizationPatch> for Patch {
    type Error = InvalidField;

    fn try_from(patch: wire::OrganizationPatch) -> Result<Self, InvalidField> {
        let patch = Self {
            id: patch.id.map(Into::into),
            name: OrganizationName::parse(&patch.name)?,
            display_name: patch.display_name,
        };
        patch.validate()?;
        Ok(patch)
    }
}

impl From<Change> for wire::OrganizationChange {
    fn from(change: Change) -> Self {
        Self {
            name: change.organization.name.as_str().to_owned(),
            id: change.organization.id.to_string(),
            created: change.created,
            fields: change.fields.into_iter().map(str::to_owned).collect(),
        }
    }
}
