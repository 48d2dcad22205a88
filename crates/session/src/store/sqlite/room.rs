//! Limits how much of the file requests without a session may use.

use doorward_service_kit::StoreError;
use jiff::Timestamp;
use sqlx::AnyConnection;

use super::{SqliteStore, clear_away, from_sql};
use crate::domain::UNTOUCHED_LIFE;
use crate::store::record::to_millis;

/// Removes many more rows than one request adds, and few enough for one request to wait for.
const CLEAR_MANY: [&str; 4] = [
    "DELETE FROM pending_transaction WHERE id_hash IN
     (SELECT id_hash FROM pending_transaction WHERE ends_at <= $1 LIMIT 512)",
    "DELETE FROM transaction_client WHERE id_hash IN
     (SELECT id_hash FROM transaction_client WHERE expires_at <= $1 LIMIT 512)",
    "DELETE FROM access_token WHERE token_hash IN
     (SELECT token_hash FROM access_token WHERE expires_at <= $1 LIMIT 512)",
    "DELETE FROM counter WHERE key_hash IN
     (SELECT key_hash FROM counter WHERE expires_at <= $1 LIMIT 512)",
];
const CLEAR_MANY_ADDRESSES: &str = "DELETE FROM address WHERE address_hash IN
    (SELECT address_hash FROM address WHERE began_at <= $1 LIMIT 512)";

impl SqliteStore {
    /// Whether less than `percent` of the file is in use. Removes expired rows if necessary.
    pub(super) async fn make_room(
        &self,
        sql: &mut AnyConnection,
        percent: u8,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if self.has_room(sql, percent).await? {
            return Ok(true);
        }
        for statement in CLEAR_MANY {
            clear_away(sql, statement, now).await?;
        }
        clear_away(sql, CLEAR_MANY_ADDRESSES, window_before(now)).await?;
        self.has_room(sql, percent).await
    }

    /// Whether less than `percent` of the file is in use, by the page counts in its header.
    pub(super) async fn has_room(
        &self,
        sql: &mut AnyConnection,
        percent: u8,
    ) -> Result<bool, StoreError> {
        let used: i64 = sqlx::query_scalar(
            "SELECT (page_count - freelist_count) * page_size
             FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()",
        )
        .fetch_one(&mut *sql)
        .await?;
        Ok(from_sql(used)? < self.budget.sqlite_bytes() / 100 * u64::from(percent))
    }
}

/// Latest start of a window that is over.
pub(super) fn window_before(now: Timestamp) -> Timestamp {
    let window = i64::try_from(to_millis(UNTOUCHED_LIFE)).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(now.as_millisecond().saturating_sub(window)).unwrap_or(now)
}
