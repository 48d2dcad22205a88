//! `roles`: what users who have them are permitted.

use doorward_proto::identity::v1::{Permission, RolePatch};

use crate::document::{Ignored, Object, Result};

pub(super) fn read(mut role: Object, ignored: &mut Ignored) -> Result<Option<RolePatch>> {
    let permissions = permissions(&mut role, ignored)?;
    let patch = RolePatch {
        id: role.text("id")?,
        name: role.required_text("name")?,
        description: role.text("description")?,
        replace_permissions: permissions.is_some(),
        permissions: permissions.unwrap_or_default(),
    };
    role.finish(ignored);
    Ok(Some(patch))
}

fn permissions(role: &mut Object, ignored: &mut Ignored) -> Result<Option<Vec<Permission>>> {
    let Some(permissions) = role.objects("permissions", &["permission_name"])? else {
        return Ok(None);
    };
    let permissions = permissions.into_iter().map(|mut permission| {
        let read = Permission {
            resource_server_identifier: permission.required_text("resource_server_identifier")?,
            permission_name: permission.required_text("permission_name")?,
        };
        permission.finish(ignored);
        Ok(read)
    });
    permissions.collect::<Result<_>>().map(Some)
}
