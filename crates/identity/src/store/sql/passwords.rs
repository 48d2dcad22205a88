//! Rows of `password`.

use doorward_service_kit::StoreError;
use sqlx::{Any, AnyPool, Row, Transaction};

use super::super::Account;
use super::users::{self, select_users};
use crate::domain::{Email, HashKind, PasswordHash, UserId};

/// Lists the accounts with the email in all connections, in one query.
pub(super) async fn list_accounts(
    pool: &AnyPool,
    email: &Email,
) -> Result<Vec<Account>, StoreError> {
    let rows = sqlx::query(select_users!(
        ", p.hash FROM app_user u LEFT JOIN password p ON p.user_id = u.user_id WHERE u.email = $1"
    ))
    .bind(email.as_str())
    .fetch_all(pool)
    .await?;
    let read = |row| {
        let hash: Option<String> = Row::try_get(row, "hash")?;
        let hash = hash.as_deref().map(PasswordHash::parse).transpose();
        Ok(Account {
            user: users::read(row)?,
            hash: hash.map_err(StoreError::corrupt)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Lists the distinct kinds by one index lookup each: neither SQLite nor PostgreSQL skips through an index for `SELECT
/// DISTINCT`.
pub(super) async fn list_kinds(pool: &AnyPool) -> Result<Vec<HashKind>, StoreError> {
    let rows = sqlx::query(
        "WITH RECURSIVE found (kind) AS (
             SELECT MIN(kind) FROM password
             UNION ALL
             SELECT (SELECT MIN(p.kind) FROM password p WHERE p.kind > found.kind)
             FROM found WHERE found.kind IS NOT NULL
         )
         SELECT kind FROM found WHERE kind IS NOT NULL",
    )
    .fetch_all(pool)
    .await?;
    let read = |row| {
        let kind: String = Row::try_get(row, "kind")?;
        HashKind::parse(&kind).map_err(StoreError::corrupt)
    };
    rows.iter().map(read).collect()
}

/// Sets the password of a user.
pub(super) async fn put(
    transaction: &mut Transaction<'static, Any>,
    id: &UserId,
    hash: &PasswordHash,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO password (user_id, hash, kind, set_here) VALUES ($1, $2, $3, 1)
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, kind = excluded.kind, set_here = 1",
    )
    .bind(id.as_str())
    .bind(hash.as_str())
    .bind(hash.kind().as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) async fn replace(
    transaction: &mut Transaction<'static, Any>,
    id: &UserId,
    old: &PasswordHash,
    new: &PasswordHash,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE password SET hash = $3, kind = $4, set_here = 1 WHERE user_id = $1 AND hash = $2",
    )
    .bind(id.as_str())
    .bind(old.as_str())
    .bind(new.as_str())
    .bind(new.kind().as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Stores an imported hash, unless the same hash, or one that was set here, is stored. Returns whether it did.
pub(super) async fn import(
    transaction: &mut Transaction<'static, Any>,
    id: &UserId,
    hash: &PasswordHash,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO password (user_id, hash, kind, set_here) VALUES ($1, $2, $3, 0)
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, kind = excluded.kind
         WHERE password.set_here = 0 AND password.hash <> excluded.hash",
    )
    .bind(id.as_str())
    .bind(hash.as_str())
    .bind(hash.kind().as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(done.rows_affected() > 0)
}
