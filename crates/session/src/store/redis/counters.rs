//! Counts of attempts.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;

use super::functions::Call;
use super::keys::Key;
use super::{RedisStore, time_to_live};
use crate::domain::CounterKey;
use crate::store::{AddOutcome, Counters};

#[async_trait]
impl Counters for RedisStore {
    async fn find_counter(
        &self,
        key: &CounterKey,
        _now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let call = Call::new("find_value", &Key::counter(key));
        self.connection.call(&call).await
    }

    async fn swap_counter(
        &self,
        key: &CounterKey,
        read: Option<&[u8]>,
        record: &[u8],
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError> {
        let call = Call::new("swap_counter", &Key::counter(key));
        let call = self
            .within(self.budget.access_tokens_percent, call)
            .arg(read.unwrap_or_default())
            .arg(record)
            .arg(time_to_live(expires_at, now));
        self.added(&call).await
    }
}
