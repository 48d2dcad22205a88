//! `roles`: what users who have them are permitted.

use doorward_client_registry::domain::rule;
use doorward_identity::check_role;
use doorward_proto::identity::v1::{Permission, RolePatch};

use crate::document::Object;

pub(super) fn read(role: &mut Object) -> Option<RolePatch> {
    let name = role.required_text("name");
    let permissions = permissions(role);
    let patch = RolePatch {
        id: role.text("id"),
        description: role.text("description"),
        replace_permissions: permissions.is_some(),
        permissions: permissions.unwrap_or_default(),
        name: name?,
    };
    role.require(check_role(patch.clone()));
    Some(patch)
}

fn permissions(role: &mut Object) -> Option<Vec<Permission>> {
    let permissions = role.objects("permissions", &["permission_name"])?;
    let permissions = permissions.into_iter();
    let permissions = permissions.filter_map(|object| object.read_or_leave_out(permission));
    Some(permissions.collect())
}

fn permission(permission: &mut Object) -> Option<Permission> {
    let identifier = permission.required_text("resource_server_identifier");
    let scope = permission.required_text("permission_name")?;
    if let Err(problem) = rule::scope(&scope) {
        permission.unserved("permission_name", format!("{scope:?} {problem}"));
    }
    Some(Permission {
        resource_server_identifier: identifier?,
        permission_name: scope,
    })
}
