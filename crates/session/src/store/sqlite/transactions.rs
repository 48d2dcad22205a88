//! Pending transactions.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;
use metrics::counter;
use sqlx::{AnyConnection, Row};

use super::room::window_before;
use super::{SqliteStore, clear_away, from_sql, to_sql};
use crate::domain::{ClientAddress, NewTransaction, Progress, Secret, Transaction};
use crate::metrics::SESSION_TRANSACTIONS_DROPPED;
use crate::store::record::{decode_progress, decode_request, encode_progress, encode_request};
use crate::store::{AddOutcome, FoundTransaction, Transactions};

const CLEAR_TRANSACTIONS: &str = "DELETE FROM pending_transaction WHERE id_hash IN
    (SELECT id_hash FROM pending_transaction WHERE ends_at <= $1 LIMIT 8)";
const CLEAR_CLIENTS: &str = "DELETE FROM transaction_client WHERE id_hash IN
    (SELECT id_hash FROM transaction_client WHERE expires_at <= $1 LIMIT 8)";
const CLEAR_ADDRESSES: &str = "DELETE FROM address WHERE address_hash IN
    (SELECT address_hash FROM address WHERE began_at <= $1 LIMIT 8)";

#[async_trait]
impl Transactions for SqliteStore {
    async fn add_transaction(
        &self,
        new: NewTransaction,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        let mut sql = self.begin_write().await?;
        clear_away(&mut sql, CLEAR_TRANSACTIONS, now).await?;
        clear_away(&mut sql, CLEAR_CLIENTS, now).await?;
        clear_away(&mut sql, CLEAR_ADDRESSES, window_before(now)).await?;
        let added = self.add(&mut sql, new, now).await?;
        if added != AddOutcome::UsedBefore {
            sql.commit().await?;
        }
        Ok(added)
    }

    async fn find_transaction(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<FoundTransaction>, StoreError> {
        let row = sqlx::query(
            "SELECT version, browser_hash, request, progress, expires_at FROM pending_transaction
             WHERE id_hash = $1 AND ends_at > $2",
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
        let is_touched = !progress.stage.is_untouched();
        let mut sql = self.begin_write().await?;
        // Expressions on the right see the old values.
        let updated = sqlx::query(
            "UPDATE pending_transaction
             SET version = $3, progress = $4, expires_at = MIN(expires_at, $5), was_touched = MAX(was_touched, $7),
                 ends_at = MIN($5, CASE WHEN MAX(was_touched, $7) = 1 THEN expires_at ELSE ends_at END)
             WHERE id_hash = $1 AND version = $2 AND ends_at > $6",
        )
        .bind(id.hash())
        .bind(to_sql(read))
        .bind(to_sql(version))
        .bind(encode_progress(progress))
        .bind(expires_at)
        .bind(now.as_millisecond())
        .bind(i64::from(is_touched))
        .execute(&mut *sql)
        .await?
        .rows_affected();
        sql.commit().await?;
        Ok((updated > 0).then_some(version))
    }
}

impl SqliteStore {
    async fn add(
        &self,
        sql: &mut AnyConnection,
        new: NewTransaction,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        let percent = self.budget.transactions_percent;
        if !self.make_room(sql, percent, now).await? {
            return Ok(AddOutcome::NoRoom);
        }
        if let Some(address) = &new.address
            && !self.count_transaction(sql, address, now).await?
        {
            return Ok(AddOutcome::TooMany);
        }
        let has_plenty = self.has_room(sql, percent / 2).await?;
        let is_new = !has_plenty || add_client(sql, &new).await?;
        if !is_new || !insert(sql, &new, now).await? {
            return Ok(AddOutcome::UsedBefore);
        }
        if !new.is_new_browser {
            self.drop_oldest(sql, &new.browser).await?;
        }
        Ok(AddOutcome::Kept)
    }

    /// Whether the address may begin one more sign-in.
    async fn count_transaction(
        &self,
        sql: &mut AnyConnection,
        address: &ClientAddress,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let most = self.budget.transactions_per_address;
        if most == 0 {
            return Ok(true);
        }
        let counted = sqlx::query(
            "INSERT INTO address (address_hash, began_at, transactions) VALUES ($1, $2, 1)
             ON CONFLICT (address_hash) DO UPDATE SET
                 began_at = CASE WHEN began_at <= $3 THEN $2 ELSE began_at END,
                 transactions = CASE WHEN began_at <= $3 THEN 1 ELSE transactions + 1 END
             WHERE began_at <= $3 OR transactions < $4",
        )
        .bind(address.hash())
        .bind(now.as_millisecond())
        .bind(window_before(now).as_millisecond())
        .bind(i64::from(most))
        .execute(&mut *sql)
        .await?
        .rows_affected();
        Ok(counted > 0)
    }

    /// Removes the oldest untouched transactions of a browser that has too many.
    async fn drop_oldest(
        &self,
        sql: &mut AnyConnection,
        browser: &Secret,
    ) -> Result<(), StoreError> {
        let most = self.budget.transactions_per_browser;
        if most == 0 {
            return Ok(());
        }
        let dropped = sqlx::query(
            "DELETE FROM pending_transaction WHERE id_hash IN
             (SELECT id_hash FROM pending_transaction WHERE browser_hash = $1 AND was_touched = 0
              ORDER BY rowid DESC LIMIT -1 OFFSET $2)",
        )
        .bind(browser.hash())
        .bind(i64::from(most))
        .execute(&mut *sql)
        .await?
        .rows_affected();
        counter!(SESSION_TRANSACTIONS_DROPPED).increment(dropped);
        Ok(())
    }
}

async fn insert(
    sql: &mut AnyConnection,
    new: &NewTransaction,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ends_at = new.transaction.ends_at(now);
    let Transaction {
        version,
        request,
        progress,
    } = &new.transaction;
    let inserted = sqlx::query(
        "INSERT INTO pending_transaction
         (id_hash, version, browser_hash, request, progress, ends_at, expires_at, was_touched)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(new.id.hash())
    .bind(to_sql(*version))
    .bind(new.browser.hash())
    .bind(encode_request(request.clone()))
    .bind(encode_progress(progress.clone()))
    .bind(ends_at.as_millisecond())
    .bind(progress.expires_at.as_millisecond())
    .bind(i64::from(!progress.stage.is_untouched()))
    .execute(&mut *sql)
    .await?
    .rows_affected();
    Ok(inserted > 0)
}

/// Whether the id was used. The row outlives its transaction.
async fn add_client(sql: &mut AnyConnection, new: &NewTransaction) -> Result<bool, StoreError> {
    let added = sqlx::query(
        "INSERT INTO transaction_client (id_hash, client_id, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(new.id.hash())
    .bind(new.client.client_id.clone())
    .bind(new.client.expires_at.as_millisecond())
    .execute(&mut *sql)
    .await?
    .rows_affected();
    Ok(added > 0)
}
