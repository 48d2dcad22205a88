//! Signing keys in Postgres or SQLite.

use async_trait::async_trait;
use doorward_service_kit::sql::{Database, DatabaseConfig, OpenError};
use doorward_service_kit::{StoreError, alphanumeric};
use jiff::Timestamp;
use sqlx::{Any, Executor, Row, Transaction, any::AnyRow};

use super::{Change, Store};
use crate::Error;
use crate::domain::{Certificate, KeyId, KeyState, SealedKey, StoredKey, StoredKeys};

doorward_service_kit::migrations![
    "0001_signing_keys.sql",
    "0002_key_life.sql",
    "0003_algorithms.sql",
    "0004_token_mark.sql"
];

const REVISION: &str = "SELECT revision FROM signing_key_revision";
/// Locks the row: of several transactions that change keys, one runs at a time.
const NEXT_REVISION: &str =
    "UPDATE signing_key_revision SET revision = revision + 1 RETURNING revision";
const MARK: &str = "SELECT token_mark FROM signing_key_revision";
const PUT_MARK: &str = "UPDATE signing_key_revision SET token_mark = $1 WHERE token_mark IS NULL";
const MARK_LENGTH: usize = 8;
const KEYS: &str = "SELECT kid, alg, state, sealed_private_key, certificate, created_at, current_since, \
    current_until, revoked_at FROM signing_key";
/// Writes one key. Rows that leave a state are written before the row that enters it.
const PUT_KEY: &str = "INSERT INTO signing_key (kid, state, sealed_private_key, certificate, \
    created_at, current_since, current_until, revoked_at, alg) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
    ON CONFLICT (kid) DO UPDATE SET state = excluded.state, \
    sealed_private_key = excluded.sealed_private_key, certificate = excluded.certificate, \
    current_since = excluded.current_since, current_until = excluded.current_until, \
    revoked_at = excluded.revoked_at";

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
    async fn revision(&self) -> Result<u64, StoreError> {
        revision(self.database.reader(), REVISION).await
    }

    async fn mark(&self) -> Result<String, StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query(PUT_MARK)
            .bind(alphanumeric(MARK_LENGTH))
            .execute(&mut *transaction)
            .await?;
        let mark = sqlx::query_scalar(MARK)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(mark)
    }

    async fn find_keys(&self) -> Result<StoredKeys, StoreError> {
        // The revision first: keys that are newer than their revision are read once more, and never missed.
        let revision = self.revision().await?;
        let keys = find_keys(self.database.reader()).await?;
        Ok(StoredKeys { revision, keys })
    }

    async fn change(&self, change: Change<'_>) -> Result<StoredKeys, Error> {
        let mut transaction = self.begin().await?;
        let revision = revision(&mut *transaction, NEXT_REVISION).await?;
        let before = find_keys(&mut *transaction).await?;
        let keys = change(&before)?;
        if keys == before {
            let revision = revision - 1;
            return Ok(StoredKeys { revision, keys });
        }
        write(&mut transaction, &before, &keys).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(StoredKeys { revision, keys })
    }
}

impl SqlStore {
    async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(self.database.begin_write().await?)
    }
}

async fn write(
    transaction: &mut Transaction<'static, Any>,
    before: &[StoredKey],
    after: &[StoredKey],
) -> Result<(), StoreError> {
    for key in before {
        if after.iter().all(|kept| kept.kid != key.kid) {
            sqlx::query("DELETE FROM signing_key WHERE kid = $1")
                .bind(key.kid.as_str())
                .execute(&mut **transaction)
                .await?;
        }
    }
    let mut changed: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
    changed.sort_by_key(|key| match key.state {
        KeyState::Revoked | KeyState::Previous => 0,
        KeyState::Current => 1,
        KeyState::Next => 2,
    });
    for key in changed {
        put(transaction, key).await?;
    }
    Ok(())
}

async fn put(
    transaction: &mut Transaction<'static, Any>,
    key: &StoredKey,
) -> Result<(), StoreError> {
    let instant = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
    sqlx::query(PUT_KEY)
        .bind(key.kid.as_str())
        .bind(key.state.as_str())
        .bind(key.sealed.as_ref().map(SealedKey::as_text))
        .bind(key.certificate.as_ref().map(Certificate::to_base64))
        .bind(key.created_at.as_millisecond())
        .bind(instant(key.current_since))
        .bind(instant(key.current_until))
        .bind(instant(key.revoked_at))
        .bind(key.alg.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn revision<'e>(
    executor: impl Executor<'e, Database = Any>,
    query: &'static str,
) -> Result<u64, StoreError> {
    let revision: i64 = sqlx::query_scalar(query).fetch_one(executor).await?;
    u64::try_from(revision).map_err(StoreError::corrupt)
}

async fn find_keys<'e>(
    executor: impl Executor<'e, Database = Any>,
) -> Result<Vec<StoredKey>, StoreError> {
    let rows = sqlx::query(KEYS).fetch_all(executor).await?;
    let mut keys = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    keys.sort_by_key(StoredKey::order);
    Ok(keys)
}

fn read(row: &AnyRow) -> Result<StoredKey, StoreError> {
    let kid = KeyId::from(row.try_get::<String, _>("kid")?);
    let alg: String = row.try_get("alg")?;
    let state: String = row.try_get("state")?;
    let sealed: Option<String> = row.try_get("sealed_private_key")?;
    let certificate: Option<String> = row.try_get("certificate")?;
    let instant = |name: &str| {
        let at: Option<i64> = row.try_get(name)?;
        let at = at.map(Timestamp::from_millisecond).transpose();
        at.map_err(StoreError::corrupt)
    };
    Ok(StoredKey {
        alg: alg.parse().map_err(StoreError::corrupt)?,
        state: KeyState::parse(&state)
            .ok_or_else(|| StoreError::corrupt(format!("a signing key has the state {state:?}")))?,
        sealed: sealed.map(|text| SealedKey::new(kid.clone(), text)),
        certificate: certificate
            .map(|text| {
                let corrupt =
                    || StoreError::corrupt(format!("signing key {kid} has no certificate"));
                Certificate::from_base64(&text).ok_or_else(corrupt)
            })
            .transpose()?,
        created_at: instant("created_at")?
            .ok_or_else(|| StoreError::corrupt("a signing key without its time"))?,
        current_since: instant("current_since")?,
        current_until: instant("current_until")?,
        revoked_at: instant("revoked_at")?,
        kid,
    })
}
