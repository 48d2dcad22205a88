//! The signing keys in memory.

use std::sync::Arc;

use doorward_service_kit::{Clock, KeyEncryptionKey};

use crate::Error;
use crate::domain::{KeyState, PublicKey, SigningKey, StoredKey};
use crate::store::Store;

/// The key that signs and the one that comes next. Never changes while the process lives, so signing needs no store.
#[derive(Debug)]
pub struct KeyRing {
    current: SigningKey,
    public: [PublicKey; 2],
}

impl KeyRing {
    /// Reads the keys from the store, and makes those that are missing: both at the first start.
    ///
    /// # Errors
    /// When `key` does not open a stored key; then no key is made.
    pub async fn open(
        store: &dyn Store,
        key: &KeyEncryptionKey,
        clock: &dyn Clock,
    ) -> Result<Arc<Self>, Error> {
        let stored = store.find_keys().await?;
        check(&stored, key)?;
        let missing = missing(&stored, key, clock)?;
        let stored = if missing.is_empty() {
            stored
        } else {
            store.add_missing_keys(missing).await?
        };
        let current = take(&stored, KeyState::Current, key)?;
        let next = take(&stored, KeyState::Next, key)?;
        let public = [current.public(), next.public()];
        tracing::info!(kid = %public[0].kid, next = %public[1].kid, "signing keys are ready");
        Ok(Arc::new(Self { current, public }))
    }

    /// The key that signs.
    pub(crate) fn current(&self) -> &SigningKey {
        &self.current
    }

    /// The public keys, the one that signs first.
    #[must_use]
    pub fn public(&self) -> &[PublicKey] {
        &self.public
    }
}

fn check(stored: &[StoredKey], key: &KeyEncryptionKey) -> Result<(), Error> {
    stored
        .iter()
        .try_for_each(|stored| open(stored, key).map(drop))
}

fn missing(
    stored: &[StoredKey],
    key: &KeyEncryptionKey,
    clock: &dyn Clock,
) -> Result<Vec<StoredKey>, Error> {
    [KeyState::Current, KeyState::Next]
        .into_iter()
        .filter(|state| stored.iter().all(|stored| stored.state != *state))
        .map(|state| {
            Ok(StoredKey {
                sealed: SigningKey::generate()?.seal(key)?,
                state,
                created_at: clock.now(),
            })
        })
        .collect()
}

fn take(
    stored: &[StoredKey],
    state: KeyState,
    key: &KeyEncryptionKey,
) -> Result<SigningKey, Error> {
    let found = stored.iter().find(|stored| stored.state == state);
    open(found.ok_or(Error::NoKey(state.as_str()))?, key)
}

fn open(stored: &StoredKey, key: &KeyEncryptionKey) -> Result<SigningKey, Error> {
    SigningKey::open(&stored.sealed, key)
        .ok_or_else(|| Error::WrongKeyEncryptionKey(stored.sealed.kid().clone()))
}

#[cfg(test)]
mod tests;
