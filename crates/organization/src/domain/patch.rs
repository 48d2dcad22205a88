//! Bringing organizations to a wanted state.

use doorward_proto::InvalidField;

use super::{Organization, OrganizationId, OrganizationName};

const MAX_DISPLAY_NAME: usize = 255;
const MAX_ID: usize = 255;

/// What an organization shall be; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Absent: found by name, or new.
    pub id: Option<OrganizationId>,
    /// The wanted name.
    pub name: OrganizationName,
    /// The wanted display name.
    pub display_name: Option<String>,
}

/// An organization that is new or differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The organization as it shall be.
    pub organization: Organization,
    /// It did not exist before.
    pub created: bool,
    /// Fields that differ, when it did.
    pub fields: Vec<&'static str>,
}

impl Patch {
    /// Refuses what no organization may have.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let invalid = |field: &str, problem: &str| {
            let name = self.name.as_str();
            Err(InvalidField::new(
                format!("organization {name}: {field}"),
                problem,
            ))
        };
        if let Some(id) = &self.id
            && !(1..=MAX_ID).contains(&id.as_str().len())
        {
            return invalid("id", "must have 1 to 255 characters");
        }
        match self.display_name.as_ref().map(|text| text.chars().count()) {
            Some(length) if !(1..=MAX_DISPLAY_NAME).contains(&length) => {
                invalid("display_name", "must have 1 to 255 characters")
            }
            _ => Ok(()),
        }
    }

    /// What has to change to bring `current` to the wanted state; nothing when it is there already.
    #[must_use]
    pub fn change(self, current: Option<Organization>) -> Option<Change> {
        let Some(current) = current else {
            return Some(Change {
                organization: Organization {
                    id: self.id.unwrap_or_else(OrganizationId::generate),
                    name: self.name,
                    display_name: self.display_name.unwrap_or_default(),
                },
                created: true,
                fields: Vec::new(),
            });
        };
        let wanted = Organization {
            id: current.id.clone(),
            name: self.name,
            display_name: self
                .display_name
                .unwrap_or_else(|| current.display_name.clone()),
        };
        let mut fields = Vec::new();
        if wanted.name != current.name {
            fields.push("name");
        }
        if wanted.display_name != current.display_name {
            fields.push("display_name");
        }
        (!fields.is_empty()).then_some(Change {
            organization: wanted,
            created: false,
            fields,
        })
    }
}
