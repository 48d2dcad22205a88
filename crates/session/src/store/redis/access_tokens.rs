//! Opaque access tokens.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;

use super::functions::Call;
use super::keys::Key;
use super::{RedisStore, time_to_live};
use crate::domain::{AccessToken, Secret};
use crate::store::record::{decode_access_token, encode_access_token};
use crate::store::{AccessTokens, AddOutcome};

#[async_trait]
impl AccessTokens for RedisStore {
    async fn add_access_token(
        &self,
        token: &Secret,
        access_token: AccessToken,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        let life = time_to_live(access_token.expires_at, now);
        let call = Call::new("add_access_token", &Key::access_token(token));
        let call = self
            .within(self.budget.access_tokens_percent, call)
            .arg(encode_access_token(access_token))
            .arg(life);
        self.added(&call).await
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

impl RedisStore {
    /// A call that is refused once `percent` of the memory is used.
    pub(super) fn within(&self, percent: u8, call: Call) -> Call {
        // mutant: memory-budget-of-strangers-not-kept
        call.arg(percent).arg(self.budget.redis_bytes())
    }

    /// Makes a call that adds a value within the budget.
    pub(super) async fn added(&self, call: &Call) -> Result<AddOutcome, StoreError> {
        let added: String = self.connection.call(call).await?;
        match added.as_str() {
            "kept" => Ok(AddOutcome::Kept),
            "used before" => Ok(AddOutcome::UsedBefore),
            "no room" => Ok(AddOutcome::NoRoom),
            "too many" => Ok(AddOutcome::TooMany),
            _ => Err(StoreError::corrupt(
                "an answer that no function of ours gives",
            )),
        }
    }
}
