//! Roles.

use doorward_proto::InvalidField;
use doorward_proto::identity::v1 as wire;

use crate::domain::{Permission, Role, RoleChange, RoleId, RolePatch};

impl From<Role> for wire::Role {
    fn from(role: Role) -> Self {
        Self {
            id: role.id.to_string(),
            name: role.name,
            description: role.description,
            permissions: role.permissions.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Permission> for wire::Permission {
    fn from(permission: Permission) -> Self {
        Self {
            resource_server_identifier: permission.resource_server_identifier,
            permission_name: permission.permission_name,
        }
    }
}

impl From<wire::Permission> for Permission {
    fn from(permission: wire::Permission) -> Self {
        Self {
            resource_server_identifier: permission.resource_server_identifier,
            permission_name: permission.permission_name,
        }
    }
}

/// All roles that shall be; an error names role and field.
pub(crate) fn role_patches(roles: Vec<wire::RolePatch>) -> Result<Vec<RolePatch>, InvalidField> {
    roles.into_iter().map(role_patch).collect()
}

/// One role that shall be.
pub(crate) fn role_patch(role: wire::RolePatch) -> Result<RolePatch, InvalidField> {
    let id = role.id.as_deref().map(RoleId::parse).transpose();
    let permissions = role.permissions.into_iter().map(Into::into);
    let patch = RolePatch {
        id: id.map_err(|error| {
            let field = format!("role {:?}: {}", role.name, error.field);
            InvalidField::new(field, error.problem)
        })?,
        name: role.name,
        description: role.description,
        permissions: role.replace_permissions.then(|| permissions.collect()),
    };
    patch.validate()?;
    Ok(patch)
}

/// The changes of roles. Omits the id of a new role in a dry run, because it is not stored.
pub(crate) fn role_changes(changes: Vec<RoleChange>, dry_run: bool) -> Vec<wire::RoleChange> {
    let to_wire = |change: RoleChange| wire::RoleChange {
        name: change.role.name,
        id: if dry_run && change.created {
            String::new()
        } else {
            change.role.id.to_string()
        },
        created: change.created,
        fields: change.fields.into_iter().map(str::to_owned).collect(),
    };
    changes.into_iter().map(to_wire).collect()
}
