//! Counts of attempts.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;
use sqlx::Row;

use super::{SqliteStore, clear_away};
use crate::domain::CounterKey;
use crate::store::{AddOutcome, Counters};

const CLEAR_COUNTERS: &str = "DELETE FROM counter WHERE key_hash IN
    (SELECT key_hash FROM counter WHERE expires_at <= $1 LIMIT 8)";

#[async_trait]
impl Counters for SqliteStore {
    async fn find_counter(
        &self,
        key: &CounterKey,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query("SELECT record FROM counter WHERE key_hash = $1 AND expires_at > $2")
            .bind(key.as_str())
            .bind(now.as_millisecond())
            .fetch_optional(self.database.reader())
            .await?;
        Ok(row.map(|row| row.try_get("record")).transpose()?)
    }

    async fn swap_counter(
        &self,
        key: &CounterKey,
        read: Option<&[u8]>,
        record: &[u8],
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        let mut sql = self.begin_write().await?;
        clear_away(&mut sql, CLEAR_COUNTERS, now).await?;
        let percent = self.budget.access_tokens_percent;
        if !self.make_room(&mut sql, percent, now).await? {
            sql.commit().await?;
            return Ok(AddOutcome::NoRoom);
        }
        let statement = match read {
            Some(_) => {
                "UPDATE counter SET record = $2, expires_at = $3
                 WHERE key_hash = $1 AND record = $5 AND expires_at > $4"
            }
            None => {
                "INSERT INTO counter (key_hash, record, expires_at) VALUES ($1, $2, $3)
                 ON CONFLICT (key_hash) DO UPDATE SET record = $2, expires_at = $3
                 WHERE counter.expires_at <= $4"
            }
        };
        let query = sqlx::query(statement)
            .bind(key.as_str())
            .bind(record.to_vec())
            .bind(expires_at.as_millisecond())
            .bind(now.as_millisecond());
        let query = match read {
            Some(read) => query.bind(read.to_vec()),
            None => query,
        };
        let swapped = query.execute(&mut *sql).await?.rows_affected();
        sql.commit().await?;
        Ok(if swapped > 0 {
            AddOutcome::Kept
        } else {
            AddOutcome::UsedBefore
        })
    }
}
