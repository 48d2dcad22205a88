//! Opaque access tokens.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;
use sqlx::Row;

use super::{SqliteStore, clear_away};
use crate::domain::{AccessToken, Secret};
use crate::store::record::{decode_access_token, encode_access_token};
use crate::store::{AccessTokens, AddOutcome};

const CLEAR_ACCESS_TOKENS: &str = "DELETE FROM access_token WHERE token_hash IN
    (SELECT token_hash FROM access_token WHERE expires_at <= $1 LIMIT 8)";

#[async_trait]
impl AccessTokens for SqliteStore {
    async fn add_access_token(
        &self,
        token: &Secret,
        access_token: AccessToken,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        let mut sql = self.begin_write().await?;
        clear_away(&mut sql, CLEAR_ACCESS_TOKENS, now).await?;
        let percent = self.budget.access_tokens_percent;
        if !self.make_room(&mut sql, percent, now).await? {
            sql.commit().await?;
            return Ok(AddOutcome::NoRoom);
        }
        let expires_at = access_token.expires_at;
        let added = sqlx::query(
            "INSERT INTO access_token (token_hash, record, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
        )
        .bind(token.hash())
        .bind(encode_access_token(access_token))
        .bind(expires_at.as_millisecond())
        .execute(&mut *sql)
        .await?
        .rows_affected();
        sql.commit().await?;
        Ok(if added > 0 {
            AddOutcome::Kept
        } else {
            AddOutcome::UsedBefore
        })
    }

    async fn find_access_token(
        &self,
        token: &Secret,
        now: Timestamp,
    ) -> Result<Option<AccessToken>, StoreError> {
        let row = sqlx::query("SELECT record FROM access_token WHERE token_hash = $1")
            .bind(token.hash())
            .fetch_optional(self.database.reader())
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let record: Vec<u8> = row.try_get("record")?;
        let found = decode_access_token(&record)?;
        Ok((now < found.expires_at).then_some(found))
    }
}
