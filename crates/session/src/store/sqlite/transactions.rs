//! Pending transactions and opaque access tokens.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;
use sqlx::{AnyConnection, Row};

use super::{SqliteStore, clear_away, from_sql, to_sql};
use crate::domain::{AccessToken, Progress, Secret, Transaction, TransactionClient};
use crate::store::record::{
    decode_access_token, decode_progress, decode_request, encode_access_token, encode_progress,
    encode_request,
};
use crate::store::{AccessTokens, FoundTransaction, Transactions};

const CLEAR_TRANSACTIONS: &str = "DELETE FROM pending_transaction WHERE id_hash IN
    (SELECT id_hash FROM pending_transaction WHERE expires_at <= $1 LIMIT 8)";
const CLEAR_CLIENTS: &str = "DELETE FROM transaction_client WHERE id_hash IN
    (SELECT id_hash FROM transaction_client WHERE expires_at <= $1 LIMIT 8)";
const CLEAR_ACCESS_TOKENS: &str = "DELETE FROM access_token WHERE token_hash IN
    (SELECT token_hash FROM access_token WHERE expires_at <= $1 LIMIT 8)";

#[async_trait]
impl Transactions for SqliteStore {
    async fn add_transaction(
        &self,
        id: &Secret,
        browser: &Secret,
        transaction: Transaction,
        client: TransactionClient,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut sql = self.begin_write().await?;
        clear_away(&mut sql, CLEAR_TRANSACTIONS, now).await?;
        clear_away(&mut sql, CLEAR_CLIENTS, now).await?;
        if !add_client(&mut sql, id, client).await? {
            sql.commit().await?;
            return Ok(false);
        }
        let expires_at = transaction.progress.expires_at;
        sqlx::query(
            "INSERT INTO pending_transaction
             (id_hash, version, browser_hash, request, progress, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.hash())
        .bind(to_sql(transaction.version))
        .bind(browser.hash())
        .bind(encode_request(transaction.request))
        .bind(encode_progress(transaction.progress))
        .bind(expires_at.as_millisecond())
        .execute(&mut *sql)
        .await?;
        sql.commit().await?;
        Ok(true)
    }

    async fn find_transaction(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<FoundTransaction>, StoreError> {
        let row = sqlx::query(
            "SELECT version, browser_hash, request, progress, expires_at FROM pending_transaction
             WHERE id_hash = $1 AND expires_at > $2",
        )
        .bind(id.hash())
        .bind(now.as_millisecond())
        .fetch_optional(self.database.reader())
        .await?;
        row.map(|row| {
            let (request, progress): (Vec<u8>, Vec<u8>) =
                (row.try_get("request")?, row.try_get("progress")?);
            Ok(FoundTransaction {
                transaction: Transaction {
                    version: from_sql(row.try_get("version")?)?,
                    request: decode_request(&request)?,
                    progress: decode_progress(&progress, row.try_get("expires_at")?)?,
                },
                browser_hash: row.try_get("browser_hash")?,
            })
        })
        .transpose()
    }

    async fn find_transaction_client(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(
            "SELECT client_id FROM transaction_client WHERE id_hash = $1 AND expires_at > $2",
        )
        .bind(id.hash())
        .bind(now.as_millisecond())
        .fetch_optional(self.database.reader())
        .await?;
        Ok(row.map(|row| row.try_get("client_id")).transpose()?)
    }

    async fn update_transaction(
        &self,
        id: &Secret,
        read: u64,
        progress: Progress,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let version = read.saturating_add(1);
        let expires_at = progress.expires_at.as_millisecond();
        let mut sql = self.begin_write().await?;
        let updated = sqlx::query(
            "UPDATE pending_transaction
             SET version = $3, progress = $4, expires_at = MIN(expires_at, $5)
             WHERE id_hash = $1 AND version = $2 AND expires_at > $6",
        )
        .bind(id.hash())
        .bind(to_sql(read))
        .bind(to_sql(version))
        .bind(encode_progress(progress))
        .bind(expires_at)
        .bind(now.as_millisecond())
        .execute(&mut *sql)
        .await?
        .rows_affected();
        sql.commit().await?;
        Ok((updated > 0).then_some(version))
    }
}

/// Lives longer than its transaction: what is not there was never used as an id.
async fn add_client(
    sql: &mut AnyConnection,
    id: &Secret,
    client: TransactionClient,
) -> Result<bool, StoreError> {
    let added = sqlx::query(
        "INSERT INTO transaction_client (id_hash, client_id, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(id.hash())
    .bind(client.client_id)
    .bind(client.expires_at.as_millisecond())
    .execute(sql)
    .await?
    .rows_affected();
    Ok(added > 0)
}

#[async_trait]
impl AccessTokens for SqliteStore {
    async fn add_access_token(
        &self,
        token: &Secret,
        access_token: AccessToken,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut sql = self.begin_write().await?;
        clear_away(&mut sql, CLEAR_ACCESS_TOKENS, now).await?;
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
        Ok(added > 0)
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
