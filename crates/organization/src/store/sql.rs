//! Organizations and members in Postgres or SQLite.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use doorward_service_kit::grpc::StoreHealth;
use doorward_service_kit::sql::{Database, DatabaseConfig, OpenError, is_unique_violation};
use sqlx::{Any, Executor, Row, any::AnyRow};

use super::Store;
use crate::Error;
use crate::domain::{Change, Organization, OrganizationId, OrganizationName, Patch, UserId};

const FIND_BY_ID: &str = "SELECT id, name, display_name FROM organization WHERE id = $1";
const FIND_BY_NAME: &str = "SELECT id, name, display_name FROM organization WHERE name = $1";

doorward_service_kit::migrations!["0001_organizations.sql", "0004_mail.sql"];

/// Organizations and members in a SQL database.
#[derive(Debug)]
pub struct SqlStore {
    database: Database,
}

impl SqlStore {
    /// Opens the database and brings its schema up to date.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, OpenError> {
        let database = Database::open(config, &migrator()).await?;
        Ok(Self { database })
    }
}

impl StoreHealth for SqlStore {
    async fn answers(&self) -> bool {
        self.database.answers().await
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn find_organization(
        &self,
        id: &OrganizationId,
    ) -> Result<Option<Organization>, StoreError> {
        find(self.database.reader(), FIND_BY_ID, id.as_str()).await
    }

    async fn find_organization_by_name(
        &self,
        name: &str,
    ) -> Result<Option<Organization>, StoreError> {
        find(self.database.reader(), FIND_BY_NAME, &name.to_lowercase()).await
    }

    async fn is_member(&self, id: &OrganizationId, user: &UserId) -> Result<bool, Error> {
        let row = sqlx::query(
            "SELECT COUNT(m.user_id) AS memberships FROM organization o
             LEFT JOIN member m ON m.organization_id = o.id AND m.user_id = $2
             WHERE o.id = $1 GROUP BY o.id",
        )
        .bind(id.as_str())
        .bind(user.as_str())
        .fetch_optional(self.database.reader())
        .await
        .map_err(StoreError::from)?
        .ok_or_else(|| Error::NotFound(id.clone()))?;
        let memberships: i64 = row.try_get("memberships").map_err(StoreError::from)?;
        Ok(memberships > 0)
    }

    async fn add_member(&self, id: &OrganizationId, user: &UserId) -> Result<bool, Error> {
        let mut transaction = self
            .database
            .begin_write()
            .await
            .map_err(StoreError::from)?;
        if find(&mut *transaction, FIND_BY_ID, id.as_str())
            .await?
            .is_none()
        {
            return Err(Error::NotFound(id.clone()));
        }
        let added = sqlx::query(
            "INSERT INTO member (organization_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(id.as_str())
        .bind(user.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(StoreError::from)?
        .rows_affected();
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(added > 0)
    }

    async fn apply(&self, patches: Vec<Patch>, dry_run: bool) -> Result<Vec<Change>, Error> {
        let mut transaction = self
            .database
            .begin_write()
            .await
            .map_err(StoreError::from)?;
        let mut changes = Vec::new();
        for patch in patches {
            let mut current = match &patch.id {
                Some(id) => find(&mut *transaction, FIND_BY_ID, id.as_str()).await?,
                None => None,
            };
            if current.is_none() {
                let namesake = find(&mut *transaction, FIND_BY_NAME, patch.name.as_str()).await?;
                if namesake.is_some() && patch.id.is_some() {
                    return Err(Error::NameTaken(patch.name.as_str().to_owned()));
                }
                current = namesake;
            }
            if let Some(change) = patch.change(current) {
                put(&mut *transaction, &change.organization).await?;
                changes.push(change);
            }
        }
        if dry_run {
            transaction.rollback().await.map_err(StoreError::from)?;
        } else {
            transaction.commit().await.map_err(StoreError::from)?;
        }
        Ok(changes)
    }
}

async fn find<'e>(
    executor: impl Executor<'e, Database = Any>,
    query: &'static str,
    key: &str,
) -> Result<Option<Organization>, StoreError> {
    let row = sqlx::query(query)
        .bind(key)
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<Organization, StoreError> {
    let name: String = row.try_get("name")?;
    Ok(Organization {
        id: row.try_get::<String, _>("id")?.into(),
        name: OrganizationName::parse(&name).map_err(StoreError::corrupt)?,
        display_name: row.try_get("display_name")?,
    })
}

async fn put<'e>(
    executor: impl Executor<'e, Database = Any>,
    organization: &Organization,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO organization (id, name, display_name) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, display_name = excluded.display_name",
    )
    .bind(organization.id.as_str())
    .bind(organization.name.as_str())
    .bind(&organization.display_name)
    .execute(executor)
    .await
    .map_err(|error| {
        if is_unique_violation(&error) {
            Error::NameTaken(organization.name.as_str().to_owned())
        } else {
            StoreError::from(error).into()
        }
    })?;
    Ok(())
}
