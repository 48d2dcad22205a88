//! Where signing keys are kept.

#[cfg(test)]
mod contract;
mod sql;

use std::fmt::Debug;

use async_trait::async_trait;
use doorward_service_kit::StoreError;

use crate::Error;
use crate::domain::{StoredKey, StoredKeys};

pub use sql::SqlStore;

/// An operation: makes all keys after it from all keys before it.
pub type Change<'a> = Box<dyn FnOnce(&[StoredKey]) -> Result<Vec<StoredKey>, Error> + Send + 'a>;

/// Signing keys, encrypted. Every method is one transaction.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// The revision of the keys, which rises with each change.
    async fn revision(&self) -> Result<u64, StoreError>;

    /// A random name of this database, which stays the same. Keys in a PKCS#11 token have it in their labels, so that
    /// those of other databases are left alone.
    async fn mark(&self) -> Result<String, StoreError>;

    /// All keys.
    async fn find_keys(&self) -> Result<StoredKeys, StoreError>;

    /// Replaces all keys by what `change` makes of them, and returns those. Of several callers at once, each sees what
    /// the one before it has written. An error of `change`, and keys that are the same, leave the store as it is.
    async fn change(&self, change: Change<'_>) -> Result<StoredKeys, Error>;
}
