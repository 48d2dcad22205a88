//! Bringing organizations to a wanted state.

use std::collections::HashSet;

use doorward_proto::InvalidField;

use super::{Organization, OrganizationId, OrganizationName};

const MAX_DISPLAY_NAME: usize = 255;
const MAX_ID: usize = 255;

/// An organization to create or change; absent fields stay unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Absent: found by name, or new.
    pub id: Option<OrganizationId>,
    /// The wanted name.
    pub name: OrganizationName,
    /// The wanted display name.
    pub display_name: Option<String>,
}

/// Refuses a list that wants two states of one organization: the last would win, and every time anew.
pub fn check_distinct(patches: &[Patch]) -> Result<(), InvalidField> {
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for patch in patches {
        let name = patch.name.as_str();
        let id_is_new = patch.id.as_ref().is_none_or(|id| ids.insert(id.as_str()));
        if !names.insert(name) || !id_is_new {
            let object = format!("organization {name}");
            return Err(InvalidField::new(
                object,
                "the same organization is given twice",
            ));
        }
    }
    Ok(())
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

    /// The change to `current`; `None` if nothing differs.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(id: Option<&str>, name: &str) -> Patch {
        Patch {
            id: id.map(|id| OrganizationId::from(id.to_owned())),
            name: OrganizationName::parse(name).unwrap(),
            display_name: None,
        }
    }

    #[test]
    fn one_organization_is_given_once() {
        let distinct = [
            patch(Some("org_a"), "a"),
            patch(Some("org_b"), "b"),
            patch(None, "c"),
        ];
        assert!(check_distinct(&distinct).is_ok());
        let same_id = [patch(Some("org_a"), "a"), patch(Some("org_a"), "b")];
        let same_name = [patch(Some("org_a"), "a"), patch(None, "a")];
        for twice in [same_id, same_name] {
            let error = check_distinct(&twice).unwrap_err();
            assert_eq!(error.problem, "the same organization is given twice");
        }
    }
}
