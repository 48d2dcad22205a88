//! Pending transactions.

use std::time::Duration;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;
use metrics::counter;

use super::RedisStore;
use super::functions::Call;
use super::keys::Key;
use super::transaction_record::{
    decode_client, decode_transaction, encode_client, encode_transaction,
};
use crate::domain::{ClientAddress, NewTransaction, Progress, Secret, UNTOUCHED_LIFE};
use crate::metrics::SESSION_TRANSACTIONS_DROPPED;
use crate::store::record::{encode_progress, to_millis};
use crate::store::{AddOutcome, FoundTransaction, Transactions};

/// Added to the expiry of keys, so that none expires early while clocks differ by less. If one does, the user starts
/// again.
const BACKSTOP: Duration = Duration::from_mins(1);

#[async_trait]
impl Transactions for RedisStore {
    async fn add_transaction(
        &self,
        new: NewTransaction,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        if let Some(address) = &new.address {
            let counted = self.count_transaction(address, now).await?;
            if counted != AddOutcome::Kept {
                return Ok(counted);
            }
        }
        let (added, oldest) =
            tokio::try_join!(self.put_transaction(&new, now), self.note(&new, now))?;
        if let Some(oldest) = oldest {
            self.drop_transaction(&oldest).await?;
        }
        Ok(added)
    }

    async fn find_transaction(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<FoundTransaction>, StoreError> {
        let call = Call::new("find_value", &Key::transaction(id));
        let record: Option<Vec<u8>> = self.connection.call(&call).await?;
        match record {
            Some(record) => decode_transaction(&record, now),
            None => Ok(None),
        }
    }

    async fn find_transaction_client(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let call = Call::new("find_value", &Key::transaction_client(id));
        let record: Option<String> = self.connection.call(&call).await?;
        match record {
            Some(record) => decode_client(&record, now),
            None => Ok(None),
        }
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
        let call = Call::new("update_transaction", &Key::transaction(id))
            .arg(read)
            .arg(version)
            .arg(encode_progress(progress))
            .arg(expires_at)
            .arg(now.as_millisecond())
            .arg(u8::from(is_touched))
            .arg(to_millis(BACKSTOP));
        let updated: bool = self.connection.call(&call).await?;
        Ok(updated.then_some(version))
    }
}

impl RedisStore {
    async fn put_transaction(
        &self,
        new: &NewTransaction,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        let ends_at = new.transaction.ends_at(now);
        let (key, client_key) = (Key::transaction(&new.id), Key::transaction_client(&new.id));
        let call = Call::with_two("add_transaction", &key, &client_key);
        let call = self
            .within(self.budget.transactions_percent, call)
            .arg(encode_transaction(new, ends_at)?)
            .arg(life(ends_at, now))
            .arg(encode_client(&new.client))
            .arg(life(new.client.expires_at, now));
        self.added(&call).await
    }

    /// Whether the address may begin one more sign-in.
    async fn count_transaction(
        &self,
        address: &ClientAddress,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        // mutant: transactions-per-address-unlimited
        if self.budget.transactions_per_address == 0 {
            return Ok(AddOutcome::Kept);
        }
        let call = Call::new("count_transaction", &Key::address(address));
        let call = self
            .within(self.budget.transactions_percent, call)
            .arg(self.budget.transactions_per_address)
            .arg(to_millis(UNTOUCHED_LIFE))
            .arg(now.as_millisecond())
            .arg(to_millis(BACKSTOP));
        self.added(&call).await
    }

    /// Adds a transaction to those of its browser, and removes the oldest if there are too many.
    async fn note(
        &self,
        new: &NewTransaction,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let is_counted = self.budget.transactions_per_browser > 0
            && !new.is_new_browser
            && new.transaction.progress.stage.is_untouched();
        if !is_counted {
            return Ok(None);
        }
        let call = Call::new("note_transaction", &Key::browser(&new.browser));
        let call = self
            .within(self.budget.transactions_percent, call)
            .arg(new.id.hash())
            .arg(self.budget.transactions_per_browser)
            .arg(to_millis(UNTOUCHED_LIFE))
            .arg(now.as_millisecond())
            .arg(to_millis(BACKSTOP));
        self.connection.call(&call).await
    }

    async fn drop_transaction(&self, id_hash: &str) -> Result<(), StoreError> {
        let call = Call::new("drop_transaction", &Key::transaction_of(id_hash));
        let dropped: bool = self.connection.call(&call).await?;
        counter!(SESSION_TRANSACTIONS_DROPPED).increment(u64::from(dropped));
        Ok(())
    }
}

/// Time to live in Redis of a value that ends at `end`, in milliseconds.
fn life(end: Timestamp, now: Timestamp) -> u64 {
    let left = Duration::try_from(end.duration_since(now)).unwrap_or_default();
    to_millis(left + BACKSTOP)
}
