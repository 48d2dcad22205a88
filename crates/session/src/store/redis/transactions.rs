//! Pending transactions and opaque access tokens.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;

use super::functions::Call;
use super::keys::Key;
use super::{BACKSTOP, RedisStore, time_to_live};
use crate::domain::{AccessToken, Progress, Secret, Transaction, TransactionClient};
use crate::store::record::{
    decode_access_token, decode_progress, decode_request, encode_access_token, encode_progress,
    encode_request, to_millis,
};
use crate::store::{AccessTokens, FoundTransaction, Transactions};

const FIELDS: [&str; 5] = ["version", "browser", "request", "progress", "expires_at"];
/// All of them are absent together.
type Fields = (
    Option<u64>,
    Option<String>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<i64>,
);

#[async_trait]
impl Transactions for RedisStore {
    async fn add_transaction(
        &self,
        id: &Secret,
        browser: &Secret,
        transaction: Transaction,
        client: TransactionClient,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let expires_at = transaction.progress.expires_at;
        let (key, client_key) = (Key::transaction(id), Key::transaction_client(id));
        let call = Call::with_two("add_transaction", &key, &client_key)
            .arg(transaction.version)
            .arg(browser.hash())
            .arg(encode_request(transaction.request))
            .arg(encode_progress(transaction.progress))
            .arg(expires_at.as_millisecond())
            .arg(time_to_live(expires_at, now))
            .arg(client.client_id)
            .arg(client.expires_at.as_millisecond())
            .arg(time_to_live(client.expires_at, now));
        self.connection.call(&call).await
    }

    async fn find_transaction(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<FoundTransaction>, StoreError> {
        let call = Call::new("find_fields", &Key::transaction(id)).arg(&FIELDS);
        let fields: Fields = self.connection.call(&call).await?;
        let (version, browser_hash, request, progress, expires_at) = match fields {
            (None, None, None, None, None) => return Ok(None),
            (Some(version), Some(browser), Some(request), Some(progress), Some(expires_at)) => {
                (version, browser, request, progress, expires_at)
            }
            _ => return Err(StoreError::corrupt("a transaction with missing fields")),
        };
        if now.as_millisecond() >= expires_at {
            return Ok(None);
        }
        let transaction = Transaction {
            version,
            request: decode_request(&request)?,
            progress: decode_progress(&progress, expires_at)?,
        };
        Ok(Some(FoundTransaction {
            transaction,
            browser_hash,
        }))
    }

    async fn find_transaction_client(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let call = Call::new("find_fields", &Key::transaction_client(id))
            .arg("client_id")
            .arg("expires_at");
        let fields: (Option<String>, Option<i64>) = self.connection.call(&call).await?;
        match fields {
            (None, None) => Ok(None),
            (Some(client_id), Some(expires_at)) => {
                Ok((now.as_millisecond() < expires_at).then_some(client_id))
            }
            _ => Err(StoreError::corrupt("an application with missing fields")),
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
        let call = Call::new("update_transaction", &Key::transaction(id))
            .arg(read)
            .arg(version)
            .arg(encode_progress(progress))
            .arg(expires_at)
            .arg(now.as_millisecond())
            .arg(to_millis(BACKSTOP));
        let updated: bool = self.connection.call(&call).await?;
        Ok(updated.then_some(version))
    }
}

#[async_trait]
impl AccessTokens for RedisStore {
    async fn add_access_token(
        &self,
        token: &Secret,
        access_token: AccessToken,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let life = time_to_live(access_token.expires_at, now);
        let call = Call::new("add_value", &Key::access_token(token))
            .arg(encode_access_token(access_token))
            .arg(life);
        let set: Option<String> = self.connection.call(&call).await?;
        Ok(set.is_some())
    }

    async fn find_access_token(
        &self,
        token: &Secret,
        now: Timestamp,
    ) -> Result<Option<AccessToken>, StoreError> {
        let call = Call::new("find_value", &Key::access_token(token));
        let record: Option<Vec<u8>> = self.connection.call(&call).await?;
        let found = record.as_deref().map(decode_access_token).transpose()?;
        Ok(found.filter(|token| now < token.expires_at))
    }
}
