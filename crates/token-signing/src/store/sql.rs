//! Signing keys in Postgres or SQLite.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use doorward_service_kit::sql::{Database, DatabaseConfig, OpenError};
use jiff::Timestamp;
use sqlx::{Any, Executor, Row, any::AnyRow};

use super::Store;
use crate::domain::{KeyState, SealedKey, StoredKey};

doorward_service_kit::migrations!["0001_signing_keys.sql"];

/// Signing keys in a SQL database.
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

#[async_trait]
impl Store for SqlStore {
    async fn find_keys(&self) -> Result<Vec<StoredKey>, StoreError> {
        find_keys(self.database.reader()).await
    }

    async fn add_missing_keys(&self, keys: Vec<StoredKey>) -> Result<Vec<StoredKey>, StoreError> {
        let mut transaction = self.database.begin_write().await?;
        for key in keys {
            sqlx::query(
                "INSERT INTO signing_key (kid, state, sealed_private_key, created_at)
                 VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            )
            .bind(key.sealed.kid().as_str())
            .bind(key.state.as_str())
            .bind(key.sealed.as_text())
            .bind(key.created_at.as_millisecond())
            .execute(&mut *transaction)
            .await?;
        }
        let keys = find_keys(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(keys)
    }
}

async fn find_keys<'e>(
    executor: impl Executor<'e, Database = Any>,
) -> Result<Vec<StoredKey>, StoreError> {
    sqlx::query("SELECT kid, state, sealed_private_key, created_at FROM signing_key ORDER BY state")
        .fetch_all(executor)
        .await?
        .iter()
        .map(read)
        .collect()
}

fn read(row: &AnyRow) -> Result<StoredKey, StoreError> {
    let kid: String = row.try_get("kid")?;
    let state: String = row.try_get("state")?;
    let sealed: String = row.try_get("sealed_private_key")?;
    let created_at = Timestamp::from_millisecond(row.try_get("created_at")?);
    Ok(StoredKey {
        state: KeyState::parse(&state)
            .ok_or_else(|| StoreError::corrupt(format!("a signing key has the state {state:?}")))?,
        sealed: SealedKey::new(kid.into(), sealed),
        created_at: created_at.map_err(StoreError::corrupt)?,
    })
}
