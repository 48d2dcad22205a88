//! Rows of `member` and `member_role`.

use std::collections::BTreeSet;

use doorward_proto::InvalidField;
use doorward_service_kit::StoreError;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};

use crate::Error;
use crate::domain::{Listed, MAX_ROLES, Member, OrganizationId, Page, RoleId, UserId};

/// The roles of the member `m`, a line for each; no id can have a line end.
macro_rules! roles_as_lines {
    () => {
        "COALESCE((SELECT string_agg(r.role_id, '\n') FROM member_role r \
         WHERE r.organization_id = m.organization_id AND r.user_id = m.user_id), '')"
    };
}
pub(super) use roles_as_lines;

const GET: &str = concat!(
    "SELECT m.user_id AS member_id, ",
    roles_as_lines!(),
    " AS member_roles FROM member m WHERE m.organization_id = $1 AND m.user_id = $2"
);
const LIST: &str = concat!(
    "SELECT m.user_id AS member_id, ",
    roles_as_lines!(),
    " AS member_roles FROM member m WHERE m.organization_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3 OFFSET $4"
);

/// Locks an organization until the end of the transaction. Every change of its members and invitations takes this lock
/// first: changes wait for each other, and the organization cannot be deleted meanwhile. Call it by `Locks::begin`, in
/// which they wait without a connection.
pub(crate) async fn lock(connection: &mut AnyConnection, id: &OrganizationId) -> Result<(), Error> {
    // An update, for SQLite has no SELECT … FOR UPDATE.
    let locked = sqlx::query("UPDATE organization SET settings = settings WHERE id = $1")
        .bind(id.as_str())
        .execute(connection)
        .await?;
    if locked.rows_affected() == 0 {
        return Err(Error::NotFound(id.clone()));
    }
    Ok(())
}

/// Makes users members of a locked organization. Returns those who were no members before.
pub(crate) async fn add(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    users: &[UserId],
    limit: u64,
) -> Result<Vec<UserId>, Error> {
    let mut added = Vec::new();
    for user in users {
        let inserted = sqlx::query(
            "INSERT INTO member (organization_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(id.as_str())
        .bind(user.as_str())
        .execute(&mut *connection)
        .await?;
        if inserted.rows_affected() > 0 {
            added.push(user.clone());
        }
    }
    if !added.is_empty() && count(connection, id).await? > limit {
        return Err(Error::Full(id.clone()));
    }
    Ok(added)
}

async fn count(connection: &mut AnyConnection, id: &OrganizationId) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT COUNT(*) AS members FROM member WHERE organization_id = $1")
        .bind(id.as_str())
        .fetch_one(connection)
        .await?;
    to_count(&row, "members")
}

/// Reads the result of a `COUNT`.
pub(super) fn to_count(row: &AnyRow, column: &str) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(StoreError::corrupt)
}

/// Ends memberships, with their roles. Returns the users who were members before.
pub(super) async fn remove(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    users: &[UserId],
) -> Result<Vec<UserId>, StoreError> {
    let mut removed = Vec::new();
    for user in users {
        let deleted = sqlx::query("DELETE FROM member WHERE organization_id = $1 AND user_id = $2")
            .bind(id.as_str())
            .bind(user.as_str())
            .execute(&mut *connection)
            .await?;
        if deleted.rows_affected() > 0 {
            removed.push(user.clone());
        }
    }
    Ok(removed)
}

/// The membership of a user, who must be a member.
pub(crate) async fn get(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    user: &UserId,
) -> Result<Member, Error> {
    let row = sqlx::query(GET)
        .bind(id.as_str())
        .bind(user.as_str())
        .fetch_optional(connection)
        .await?;
    let member = row.as_ref().map(read).transpose()?.flatten();
    member.ok_or_else(|| Error::MemberNotFound {
        organization: id.clone(),
        user: user.clone(),
    })
}

/// The members of an organization.
pub(super) async fn list(
    pool: &AnyPool,
    id: &OrganizationId,
    page: &Page,
) -> Result<Listed<Member>, StoreError> {
    let mut connection = pool.acquire().await?;
    let rows = sqlx::query(LIST)
        .bind(id.as_str())
        .bind(page.after())
        .bind(i64::from(page.take) + 1)
        .bind(i64::from(page.offset()))
        .fetch_all(&mut *connection)
        .await?;
    let members = rows.iter().filter_map(|row| read(row).transpose());
    let members = members.collect::<Result<Vec<_>, _>>()?;
    let total = if page.is_numbered() {
        Some(count(&mut connection, id).await?)
    } else {
        None
    };
    Ok(page.cut(members, |member| member.user.as_str(), total))
}

/// Gives a member exactly these roles.
pub(super) async fn replace_roles(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    user: &UserId,
    roles: &BTreeSet<RoleId>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM member_role WHERE organization_id = $1 AND user_id = $2")
        .bind(id.as_str())
        .bind(user.as_str())
        .execute(&mut *connection)
        .await?;
    insert_roles(connection, id, user, roles).await
}

/// Gives a member further roles. Returns all roles, which are 50 at most.
pub(crate) async fn add_roles(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    user: &UserId,
    roles: &BTreeSet<RoleId>,
) -> Result<BTreeSet<RoleId>, Error> {
    insert_roles(&mut *connection, id, user, roles).await?;
    let roles = get(connection, id, user).await?.roles;
    if roles.len() > MAX_ROLES {
        return Err(InvalidField::new("role_ids", "a member has at most 50 roles").into());
    }
    Ok(roles)
}

async fn insert_roles(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    user: &UserId,
    roles: &BTreeSet<RoleId>,
) -> Result<(), StoreError> {
    for role in roles {
        sqlx::query(
            "INSERT INTO member_role (organization_id, user_id, role_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(id.as_str())
        .bind(user.as_str())
        .bind(role.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Reads the columns `member_id` and `member_roles`. `None` in the row of an organization without the member.
pub(super) fn read(row: &AnyRow) -> Result<Option<Member>, StoreError> {
    let Some(user) = row.try_get::<Option<String>, _>("member_id")? else {
        return Ok(None);
    };
    let roles: String = row.try_get("member_roles")?;
    let roles = roles.lines().map(|id| RoleId::from(id.to_owned()));
    Ok(Some(Member {
        user: user.into(),
        roles: roles.collect(),
    }))
}
