//! Where signing keys are kept.

#[cfg(test)]
mod contract;
mod sql;

use std::fmt::Debug;

use async_trait::async_trait;
use doorward_service_kit::StoreError;

use crate::domain::StoredKey;

pub use sql::SqlStore;

/// Signing keys, encrypted. Every method is one transaction.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// All keys.
    async fn find_keys(&self) -> Result<Vec<StoredKey>, StoreError>;

    /// Adds those keys whose state no key has yet, and returns all keys that are there then: of several callers at
    /// once, all get the same.
    async fn add_missing_keys(&self, keys: Vec<StoredKey>) -> Result<Vec<StoredKey>, StoreError>;
}
