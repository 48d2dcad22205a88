//! Creates and changes roles.

use std::collections::{BTreeSet, HashSet};

use doorward_oauth2_types::Scope;
use doorward_proto::InvalidField;

use super::{Permission, Role, RoleId};
use crate::Error;

const MAX_NAME: usize = 50;
const MAX_DESCRIPTION: usize = 255;
const MAX_IDENTIFIER: usize = 600;
/// The maximum size of all roles, which are sent in one message.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The overhead of a permission or a role in a message.
const OVERHEAD: usize = 16;

/// A role to create or change; absent fields stay unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePatch {
    /// Absent: found by name, or new.
    pub id: Option<RoleId>,
    /// The wanted name.
    pub name: String,
    /// The wanted description.
    pub description: Option<String>,
    /// The wanted permissions.
    pub permissions: Option<BTreeSet<Permission>>,
}

/// A new or changed role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChange {
    /// The resulting role.
    pub role: Role,
    /// Whether it is new.
    pub created: bool,
    /// The changed fields of an existing role.
    pub fields: Vec<&'static str>,
}

impl RolePatch {
    /// Refuses invalid values.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let invalid = |field: String, problem: &str| {
            let name = &self.name;
            Err(InvalidField::new(
                format!("role {name:?}: {field}"),
                problem,
            ))
        };
        if !is_text(&self.name, 1, MAX_NAME) || self.name.contains(['<', '>']) {
            let problem = "must have 1 to 50 characters, without < and > and control characters";
            return invalid("name".to_owned(), problem);
        }
        let description = self.description.as_deref().unwrap_or_default();
        if description.chars().count() > MAX_DESCRIPTION || description.contains('\0') {
            let problem = "must have at most 255 characters";
            return invalid("description".to_owned(), problem);
        }
        for Permission {
            resource_server_identifier: identifier,
            permission_name: scope,
        } in self.permissions.iter().flatten()
        {
            if !is_text(identifier, 1, MAX_IDENTIFIER) {
                let problem = format!("{identifier:?} is not an identifier of an API");
                return invalid("permissions".to_owned(), &problem);
            }
            if Scope::from_tokens([scope]).is_err() {
                let problem = format!("{scope:?} is not a scope");
                return invalid("permissions".to_owned(), &problem);
            }
        }
        Ok(())
    }

    /// The change to `current`; `None` if nothing differs.
    fn change(self, current: Option<Role>) -> Option<RoleChange> {
        let Some(current) = current else {
            return Some(RoleChange {
                role: Role {
                    id: self.id.unwrap_or_else(RoleId::generate),
                    name: self.name,
                    description: self.description.unwrap_or_default(),
                    permissions: self.permissions.unwrap_or_default(),
                },
                created: true,
                fields: Vec::new(),
            });
        };
        let role = Role {
            id: current.id.clone(),
            name: self.name,
            description: self.description.unwrap_or(current.description.clone()),
            permissions: self.permissions.unwrap_or(current.permissions.clone()),
        };
        let fields = differing(&current, &role);
        (!fields.is_empty()).then_some(RoleChange {
            role,
            created: false,
            fields,
        })
    }
}

fn is_text(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count()) && !text.contains(char::is_control)
}

fn differing(current: &Role, wanted: &Role) -> Vec<&'static str> {
    let fields = [
        ("name", current.name != wanted.name),
        ("description", current.description != wanted.description),
        ("permissions", current.permissions != wanted.permissions),
    ];
    let differing = fields.into_iter().filter(|(_, differs)| *differs);
    differing.map(|(field, _)| field).collect()
}

/// Refuses a list with one role twice: the last would win, and every repeat would be a change.
pub fn refuse_repeated_roles(patches: &[RolePatch]) -> Result<(), InvalidField> {
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for patch in patches {
        let id_is_new = patch.id.as_ref().is_none_or(|id| ids.insert(id));
        if !names.insert(&patch.name) || !id_is_new {
            return Err(InvalidField::new(
                format!("role {:?}", patch.name),
                "the same role is given twice",
            ));
        }
    }
    Ok(())
}

/// The changes to `roles`, the list of all roles. A role is found by the id of its patch, or else by its name.
pub fn plan(mut roles: Vec<Role>, patches: Vec<RolePatch>) -> Result<Vec<RoleChange>, Error> {
    let mut changes = Vec::new();
    for patch in patches {
        let namesake = roles.iter().position(|role| role.name == patch.name);
        let place = match &patch.id {
            Some(id) => roles.iter().position(|role| role.id == *id),
            None => namesake,
        };
        if namesake.is_some() && namesake != place {
            return Err(Error::NameTaken(patch.name));
        }
        let Some(change) = patch.change(place.map(|index| roles[index].clone())) else {
            continue;
        };
        match place {
            Some(index) => roles[index] = change.role.clone(),
            None => roles.push(change.role.clone()),
        }
        changes.push(change);
    }
    if !changes.is_empty() && roles.iter().map(bytes).sum::<usize>() > MAX_BYTES {
        return Err(
            InvalidField::new("roles", "all roles together have too many permissions").into(),
        );
    }
    Ok(changes)
}

fn bytes(role: &Role) -> usize {
    let permissions = role.permissions.iter();
    let permissions = permissions
        .map(|it| it.resource_server_identifier.len() + it.permission_name.len() + OVERHEAD)
        .sum::<usize>();
    OVERHEAD + role.id.as_str().len() + role.name.len() + role.description.len() + permissions
}

#[cfg(test)]
mod tests;
