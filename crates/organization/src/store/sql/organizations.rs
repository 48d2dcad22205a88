//! Rows of `organization`.

use std::collections::BTreeSet;

use doorward_proto::InvalidField;
use doorward_service_kit::StoreError;
use doorward_service_kit::sql::{is_unique_violation, merge_document};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};

use super::connections::{self, connections_as_lines};
use super::discovery_domains::{self, domains_as_lines};
use super::members::{self, roles_as_lines, to_count};
use crate::Error;
use crate::domain::{
    Change, Found, Listed, Organization, OrganizationId, OrganizationName, Page, Patch, Selector,
    UserId,
};

/// The columns that [`read`] reads, of the organization `o`. One statement sees all of it as it is at one moment.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT o.id, o.name, o.display_name, o.settings, ",
            connections_as_lines!(),
            " AS connections, ",
            domains_as_lines!(),
            " AS discovery_domains ",
            $rest
        )
    };
}

/// The same with the membership of a user.
macro_rules! select_with_member {
    ($condition:literal) => {
        concat!(
            "SELECT o.id, o.name, o.display_name, o.settings, ",
            connections_as_lines!(),
            " AS connections, ",
            domains_as_lines!(),
            " AS discovery_domains, m.user_id AS member_id, ",
            roles_as_lines!(),
            " AS member_roles FROM organization o \
             LEFT JOIN member m ON m.organization_id = o.id AND m.user_id = $2 WHERE ",
            $condition
        )
    };
}

const FIND_BY_ID: &str = select!("FROM organization o WHERE o.id = $1");
const FIND_BY_NAME: &str = select!("FROM organization o WHERE o.name = $1");
const FIND_BY_ID_WITH_MEMBER: &str = select_with_member!("o.id = $1");
const FIND_BY_NAME_WITH_MEMBER: &str = select_with_member!("o.name = $1");
const LIST: &str = select!("FROM organization o WHERE o.id > $1 ORDER BY o.id LIMIT $2 OFFSET $3");
const LIST_OF_USER: &str = select!(
    "FROM member m JOIN organization o ON o.id = m.organization_id \
     WHERE m.user_id = $4 AND o.name > $1 ORDER BY o.name LIMIT $2 OFFSET $3"
);
const LIST_THAT_ASSIGN: &str = select!(
    "FROM organization_connection a JOIN organization o ON o.id = a.organization_id \
     WHERE a.connection = $1 AND a.assign_membership_on_login = 1 AND a.is_enabled = 1 ORDER BY o.name LIMIT $2"
);
const LIST_OF_DOMAIN: &str = select!(
    "FROM discovery_domain v JOIN organization o ON o.id = v.organization_id \
     WHERE v.domain = $1 AND v.verified = 1 AND v.use_for_organization_discovery = 1 ORDER BY o.name LIMIT $2"
);

pub(super) async fn find_with_member(
    pool: &AnyPool,
    selector: &Selector,
    user: Option<&UserId>,
) -> Result<Option<Found>, StoreError> {
    let (query, key) = match selector {
        Selector::Id(id) => (FIND_BY_ID_WITH_MEMBER, id.as_str()),
        Selector::Name(name) => (FIND_BY_NAME_WITH_MEMBER, name.as_str()),
    };
    let row = sqlx::query(query)
        .bind(key)
        // No user has an empty id.
        .bind(user.map_or("", UserId::as_str))
        .fetch_optional(pool)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        organization: read(&row)?,
        // mutant: everyone-is-a-member
        member: members::read(&row)?,
    }))
}

/// The organization, which must exist.
pub(crate) async fn get(
    connection: &mut AnyConnection,
    id: &OrganizationId,
) -> Result<Organization, Error> {
    let found = find(connection, FIND_BY_ID, id.as_str()).await?;
    found.ok_or_else(|| Error::NotFound(id.clone()))
}

pub(super) async fn exists(pool: &AnyPool, id: &OrganizationId) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT id FROM organization WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(pool)
        .await?;
    Ok(row.is_some())
}

async fn find(
    connection: &mut AnyConnection,
    query: &'static str,
    key: &str,
) -> Result<Option<Organization>, StoreError> {
    let row = sqlx::query(query)
        .bind(key)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn list(pool: &AnyPool, page: &Page) -> Result<Listed<Organization>, StoreError> {
    let rows = sqlx::query(LIST)
        .bind(page.after())
        .bind(i64::from(page.take) + 1)
        .bind(i64::from(page.offset()))
        .fetch_all(pool)
        .await?;
    let total = if page.is_numbered() {
        Some(count(pool).await?)
    } else {
        None
    };
    let organizations = read_all(&rows)?;
    Ok(page.cut(
        organizations,
        |organization| organization.id.as_str(),
        total,
    ))
}

async fn count(pool: &AnyPool) -> Result<u64, StoreError> {
    let mut connection = pool.acquire().await?;
    count_in(&mut connection).await
}

async fn count_in(connection: &mut AnyConnection) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT COUNT(*) AS organizations FROM organization")
        .fetch_one(connection)
        .await?;
    to_count(&row, "organizations")
}

pub(super) async fn list_of_user(
    pool: &AnyPool,
    user: &UserId,
    page: &Page,
) -> Result<Listed<Organization>, StoreError> {
    let rows = sqlx::query(LIST_OF_USER)
        .bind(page.after())
        .bind(i64::from(page.take) + 1)
        .bind(i64::from(page.offset()))
        .bind(user.as_str())
        .fetch_all(pool)
        .await?;
    let total = if page.is_numbered() {
        Some(count_of_user(pool, user).await?)
    } else {
        None
    };
    let organizations = read_all(&rows)?;
    Ok(page.cut(
        organizations,
        |organization| organization.name.as_str(),
        total,
    ))
}

async fn count_of_user(pool: &AnyPool, user: &UserId) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT COUNT(*) AS organizations FROM member WHERE user_id = $1")
        .bind(user.as_str())
        .fetch_one(pool)
        .await?;
    to_count(&row, "organizations")
}

pub(super) async fn list_that_assign(
    pool: &AnyPool,
    connection: &str,
    take: u32,
) -> Result<Vec<Organization>, StoreError> {
    list_by(pool, LIST_THAT_ASSIGN, connection, take).await
}

pub(super) async fn list_of_domain(
    pool: &AnyPool,
    domain: &str,
    take: u32,
) -> Result<Vec<Organization>, StoreError> {
    list_by(pool, LIST_OF_DOMAIN, domain, take).await
}

async fn list_by(
    pool: &AnyPool,
    query: &'static str,
    key: &str,
    take: u32,
) -> Result<Vec<Organization>, StoreError> {
    let rows = sqlx::query(query)
        .bind(key)
        .bind(i64::from(take))
        .fetch_all(pool)
        .await?;
    read_all(&rows)
}

/// Applies all patches. The error of one ends the transaction of all.
pub(super) async fn apply(
    connection: &mut AnyConnection,
    patches: Vec<Patch>,
    limit: u64,
) -> Result<Vec<Change>, Error> {
    lock_all(connection, &patches).await?;
    let mut changes = Vec::new();
    for patch in patches {
        let current = find_for(connection, &patch).await?;
        if let Some(change) = patch.change(current) {
            put(connection, &change.organization).await?;
            changes.push(change);
        }
    }
    let created = changes.iter().any(|change| change.created);
    if created && count_in(connection).await? > limit {
        let problem = format!("there can be at most {limit}");
        return Err(InvalidField::new("organizations", problem).into());
    }
    Ok(changes)
}

/// Locks the organizations of all patches, before their fields are read: no change of another transaction is undone.
/// In the order of their ids, whatever the order of the patches: transactions do not wait in a circle.
async fn lock_all(connection: &mut AnyConnection, patches: &[Patch]) -> Result<(), Error> {
    let mut ids = BTreeSet::new();
    for patch in patches {
        let rows = sqlx::query("SELECT id FROM organization WHERE id = $1 OR name = $2")
            .bind(patch.id.as_ref().map_or("", OrganizationId::as_str))
            .bind(patch.name.as_str())
            .fetch_all(&mut *connection)
            .await?;
        for row in rows {
            ids.insert(row.try_get::<String, _>("id")?);
        }
    }
    for id in ids {
        match members::lock(connection, &id.into()).await {
            // One that was deleted meanwhile is created again.
            Ok(()) | Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The organization that a patch is for: the one with its id, or else with its name.
async fn find_for(
    connection: &mut AnyConnection,
    patch: &Patch,
) -> Result<Option<Organization>, Error> {
    if let Some(id) = &patch.id
        && let Some(found) = find(connection, FIND_BY_ID, id.as_str()).await?
    {
        return Ok(Some(found));
    }
    let namesake = find(connection, FIND_BY_NAME, patch.name.as_str()).await?;
    if namesake.is_some() && patch.id.is_some() {
        return Err(Error::NameTaken(patch.name.as_str().to_owned()));
    }
    Ok(namesake)
}

async fn put(connection: &mut AnyConnection, organization: &Organization) -> Result<(), Error> {
    let id = &organization.id;
    let stored = sqlx::query("SELECT settings FROM organization WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let stored = stored.map(|row| row.try_get("settings")).transpose()?;
    sqlx::query(
        "INSERT INTO organization (id, name, display_name, settings) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, display_name = excluded.display_name,
             settings = excluded.settings",
    )
    .bind(id.as_str())
    .bind(organization.name.as_str())
    .bind(&organization.display_name)
    .bind(merge_document(&organization.settings, stored)?)
    .execute(&mut *connection)
    .await
    .map_err(|error| {
        if is_unique_violation(&error) {
            Error::NameTaken(organization.name.as_str().to_owned())
        } else {
            error.into()
        }
    })?;
    connections::replace(connection, id, &organization.connections).await?;
    discovery_domains::replace(connection, id, &organization.discovery_domains).await?;
    Ok(())
}

/// Deletes an organization; the rows of all that belongs to it go with it.
pub(super) async fn remove(
    connection: &mut AnyConnection,
    id: &OrganizationId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM organization WHERE id = $1")
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

fn read_all(rows: &[AnyRow]) -> Result<Vec<Organization>, StoreError> {
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Organization, StoreError> {
    let text = |column| row.try_get::<String, _>(column);
    Ok(Organization {
        id: text("id")?.into(),
        name: OrganizationName::parse(&text("name")?).map_err(StoreError::corrupt)?,
        display_name: text("display_name")?,
        settings: serde_json::from_str(&text("settings")?).map_err(StoreError::corrupt)?,
        connections: connections::read(&text("connections")?)?,
        discovery_domains: discovery_domains::read(&text("discovery_domains")?)?,
    })
}
