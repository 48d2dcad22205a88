//! Deletes rows that are of no use any more.

use doorward_service_kit::StoreError;
use doorward_service_kit::sql::Database;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Deletes invitations that have expired before `before`.
pub(super) async fn remove_invitations(
    database: &Database,
    before: Timestamp,
) -> Result<(), StoreError> {
    let statements = [
        "SELECT id AS row_key FROM invitation WHERE expires_at <= $1 LIMIT 100",
        "DELETE FROM invitation WHERE id = $2 AND expires_at <= $1",
    ];
    remove(database, statements, before).await
}

/// Deletes counts of spans of time that ended before `now`.
pub(super) async fn remove_counts(database: &Database, now: Timestamp) -> Result<(), StoreError> {
    let statements = [
        "SELECT counted AS row_key FROM invitation_count WHERE ends_at <= $1 LIMIT 100",
        "DELETE FROM invitation_count WHERE counted = $2 AND ends_at <= $1",
    ];
    remove(database, statements, now).await
}

/// Each row in a transaction of its own: one that held several rows could wait in a circle with others.
async fn remove(
    database: &Database,
    [select, delete]: [&'static str; 2],
    before: Timestamp,
) -> Result<(), StoreError> {
    let before = before.as_millisecond();
    loop {
        let rows = sqlx::query(select)
            .bind(before)
            .fetch_all(database.reader())
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        remove_rows(database, delete, before, &rows).await?;
    }
}

async fn remove_rows(
    database: &Database,
    delete: &'static str,
    before: i64,
    rows: &[AnyRow],
) -> Result<(), StoreError> {
    for row in rows {
        let mut transaction = database.begin_write().await?;
        sqlx::query(delete)
            .bind(before)
            .bind(row.try_get::<String, _>("row_key")?)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    }
    Ok(())
}
