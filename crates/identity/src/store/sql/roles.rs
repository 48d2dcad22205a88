//! Rows of `role`, `role_permission`, `user_role` and `role_revision`.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use doorward_service_kit::StoreError;
use sqlx::{Any, Executor, Row, Transaction, any::AnyRow};

use super::numbers::to_unsigned;
use crate::domain::{Permission, Role, RoleId, UserId};

/// All roles, ordered by name.
pub(super) async fn list<'e>(
    executor: impl Executor<'e, Database = Any>,
) -> Result<Vec<Role>, StoreError> {
    let rows = sqlx::query(
        "SELECT r.id, r.name, r.description, p.resource_server_identifier, p.permission_name
         FROM role r LEFT JOIN role_permission p ON p.role_id = r.id",
    )
    .fetch_all(executor)
    .await?;
    // Not ordered by SQL: Postgres orders text by the locale of the database.
    let mut by_name = BTreeMap::new();
    for row in &rows {
        let name: String = row.try_get("name")?;
        let role = match by_name.entry(name) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let role = read(row, entry.key().clone())?;
                entry.insert(role)
            }
        };
        role.permissions.extend(read_permission(row)?);
    }
    Ok(by_name.into_values().collect())
}

fn read(row: &AnyRow, name: String) -> Result<Role, StoreError> {
    let id: String = row.try_get("id")?;
    Ok(Role {
        id: RoleId::parse(&id).map_err(StoreError::corrupt)?,
        name,
        description: row.try_get("description")?,
        permissions: BTreeSet::new(),
    })
}

/// None in the only row of a role without permissions.
fn read_permission(row: &AnyRow) -> Result<Option<Permission>, StoreError> {
    let identifier: Option<String> = row.try_get("resource_server_identifier")?;
    let name: Option<String> = row.try_get("permission_name")?;
    let both = identifier.zip(name);
    Ok(
        both.map(|(resource_server_identifier, permission_name)| Permission {
            resource_server_identifier,
            permission_name,
        }),
    )
}

pub(super) async fn put(
    transaction: &mut Transaction<'static, Any>,
    role: &Role,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO role (id, name, description) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description",
    )
    .bind(role.id.as_str())
    .bind(role.name.as_str())
    .bind(role.description.as_str())
    .execute(&mut **transaction)
    .await?;
    sqlx::query("DELETE FROM role_permission WHERE role_id = $1")
        .bind(role.id.as_str())
        .execute(&mut **transaction)
        .await?;
    for permission in &role.permissions {
        sqlx::query(
            "INSERT INTO role_permission (role_id, resource_server_identifier, permission_name) VALUES ($1, $2, $3)",
        )
        .bind(role.id.as_str())
        .bind(permission.resource_server_identifier.as_str())
        .bind(permission.permission_name.as_str())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

pub(super) async fn revision<'e>(
    executor: impl Executor<'e, Database = Any>,
) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT number FROM role_revision")
        .fetch_one(executor)
        .await?;
    to_unsigned(row.try_get("number")?)
}

pub(super) async fn raise_revision(
    transaction: &mut Transaction<'static, Any>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE role_revision SET number = number + 1")
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

pub(super) async fn replace_of_user(
    transaction: &mut Transaction<'static, Any>,
    id: &UserId,
    roles: &BTreeSet<RoleId>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM user_role WHERE user_id = $1")
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    for role in roles {
        sqlx::query("INSERT INTO user_role (user_id, role_id) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(role.as_str())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// From one line for each role; no id can have a line end.
pub(super) fn read_ids(lines: &str) -> Result<BTreeSet<RoleId>, StoreError> {
    let ids = lines.lines().map(RoleId::parse);
    ids.collect::<Result<_, _>>().map_err(StoreError::corrupt)
}
