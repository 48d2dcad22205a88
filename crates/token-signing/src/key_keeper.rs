//! Changes the keys in the store: makes, rotates, revokes and removes them.

use std::sync::Arc;

use doorward_service_kit::{Clock, KeyEncryptionKey, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::task;

use crate::Error;
use crate::config::RotationConfig;
use crate::domain::key_life::{self, KeyLifeError};
use crate::domain::{KeyId, KeyState, SigningKey, StoredKey, StoredKeys};
use crate::key_ring::{self, KeyRing};
use crate::store::Store;

/// Changes the keys of a store. Replicas learn of each change by polling.
#[derive(Debug, Clone)]
pub struct KeyKeeper {
    store: Arc<dyn Store>,
    key_encryption_key: Arc<KeyEncryptionKey>,
    rotation: RotationConfig,
    clock: Arc<dyn Clock>,
}

impl KeyKeeper {
    /// Works on this store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        key_encryption_key: Arc<KeyEncryptionKey>,
        rotation: RotationConfig,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            key_encryption_key,
            rotation,
            clock,
        }
    }

    /// Makes the keys that are missing: two at the first start, and certificates of keys without one. `host` is the
    /// issuer's.
    ///
    /// # Errors
    /// When a stored key does not open; then no key is made, for tokens signed by the stored ones are still in use.
    pub(crate) async fn prepare(&self, host: &str) -> Result<(), Error> {
        let stored = self.store.find_keys().await?.keys;
        let sealed = || stored.iter().filter(|key| key.sealed.is_some());
        sealed().try_for_each(|key| key_ring::open(key, &self.key_encryption_key).map(drop))?;
        let in_state = |state| stored.iter().any(|key| key.state == state);
        let complete = in_state(KeyState::Current) && in_state(KeyState::Next);
        if complete && sealed().all(|key| key.certificate.is_some()) {
            return Ok(());
        }
        let (current, next) = tokio::try_join!(self.make(host), self.make(host))?;
        let new = [current, next];
        let now = self.now();
        let change = |keys: &[StoredKey]| {
            let certified = keys.iter().map(|key| self.certified(key, host, now));
            let mut keys = certified.collect::<Result<Vec<_>, _>>()?;
            for (new, state) in new.into_iter().zip([KeyState::Current, KeyState::Next]) {
                if keys.iter().all(|key| key.state != state) {
                    let current_since = (state == KeyState::Current).then_some(now);
                    keys.push(StoredKey {
                        state,
                        current_since,
                        ..new
                    });
                }
            }
            keys.sort_by_key(StoredKey::order);
            Ok(keys)
        };
        self.store.change(Box::new(change)).await.map(drop)
    }

    /// The keys in memory, for signing.
    pub(crate) async fn open_ring(&self) -> Result<Arc<KeyRing>, Error> {
        let (store, key) = (&self.store, &self.key_encryption_key);
        KeyRing::open(Arc::clone(store), Arc::clone(key)).await
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// All keys.
    pub(crate) async fn list(&self) -> Result<StoredKeys, StoreError> {
        self.store.find_keys().await
    }

    /// Makes the next key current. `force` rotates although the next key is young.
    pub(crate) async fn rotate(&self, force: bool) -> Result<StoredKeys, Error> {
        let spacing = if force {
            SignedDuration::ZERO
        } else {
            self.rotation.spacing()
        };
        let new = self.next().await?;
        let now = self.now();
        let change = |keys: &[StoredKey]| Ok(key_life::rotate(keys, new, spacing, now)?);
        let keys = self.store.change(Box::new(change)).await?;
        announce("signing keys are rotated", &keys);
        Ok(keys)
    }

    /// Rotates if the schedule says so. Of several replicas one does it.
    pub(crate) async fn rotate_if_due(&self) -> Result<(), Error> {
        let Some(every) = self.rotation.every() else {
            return Ok(());
        };
        let due = |keys: &[StoredKey], now| {
            let current = key_life::only(keys, KeyState::Current)?;
            Ok::<_, KeyLifeError>(current.current_since.unwrap_or(now) + every <= now)
        };
        if !due(&self.list().await?.keys, self.now())? {
            return Ok(());
        }
        let new = self.next().await?;
        let (now, spacing) = (self.now(), self.rotation.spacing());
        let change = |keys: &[StoredKey]| {
            if due(keys, now)? {
                Ok(key_life::rotate(keys, new, spacing, now)?)
            } else {
                Ok(keys.to_vec())
            }
        };
        let keys = self.store.change(Box::new(change)).await?;
        announce("signing keys are rotated by the schedule", &keys);
        Ok(())
    }

    /// Revokes a previous key.
    pub(crate) async fn revoke(&self, kid: &KeyId) -> Result<StoredKeys, Error> {
        let now = self.now();
        let change = |keys: &[StoredKey]| Ok(key_life::revoke(keys, kid, now)?);
        let keys = self.store.change(Box::new(change)).await?;
        tracing::warn!(%kid, "a signing key is revoked");
        Ok(keys)
    }

    /// Revokes the current key, which must be `kid` if that is given, and makes the next one current.
    pub(crate) async fn replace_current(&self, kid: Option<&KeyId>) -> Result<StoredKeys, Error> {
        let new = self.next().await?;
        let now = self.now();
        let change = |keys: &[StoredKey]| Ok(key_life::replace_current(keys, kid, new, now)?);
        let keys = self.store.change(Box::new(change)).await?;
        announce("the current signing key is revoked", &keys);
        Ok(keys)
    }

    /// Removes previous keys whose tokens have all expired.
    pub(crate) async fn remove_expired(&self) -> Result<(), Error> {
        let now = self.now();
        let stored = self.list().await?.keys;
        if key_life::without_expired(&stored, now).len() == stored.len() {
            return Ok(());
        }
        let change = |keys: &[StoredKey]| Ok(key_life::without_expired(keys, now));
        self.store.change(Box::new(change)).await.map(drop)
    }

    /// A new next key, with the name of the current one in its certificate.
    async fn next(&self) -> Result<StoredKey, Error> {
        let stored = self.list().await?.keys;
        let current = key_life::only(&stored, KeyState::Current)?;
        let certificate = current.certificate.as_ref();
        self.make(certificate.map_or("", |certificate| certificate.common_name()))
            .await
    }

    async fn make(&self, common_name: &str) -> Result<StoredKey, Error> {
        let (key_encryption_key, now) = (Arc::clone(&self.key_encryption_key), self.now());
        let common_name = common_name.to_owned();
        // Generating a key takes a good part of a second.
        let made = task::spawn_blocking(move || {
            let key = SigningKey::generate()?;
            Ok(StoredKey {
                kid: key.kid().clone(),
                state: KeyState::Next,
                sealed: Some(key.seal(&key_encryption_key)?),
                certificate: Some(key.certificate(&common_name, now)?),
                created_at: now,
                current_since: None,
                current_until: None,
                revoked_at: None,
            })
        });
        made.await.map_err(|_| Error::Interrupted)?
    }

    fn certified(&self, key: &StoredKey, host: &str, now: Timestamp) -> Result<StoredKey, Error> {
        if key.certificate.is_some() || key.sealed.is_none() {
            return Ok(key.clone());
        }
        let opened = key_ring::open(key, &self.key_encryption_key)?;
        let certificate = opened.certificate(host, now)?;
        Ok(StoredKey {
            certificate: Some(certificate),
            ..key.clone()
        })
    }

    /// Instants are stored in milliseconds.
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

fn announce(what: &str, stored: &StoredKeys) {
    let kid = |state| key_life::only(&stored.keys, state).map_or("", |key| key.kid.as_str());
    let (current, next) = (kid(KeyState::Current), kid(KeyState::Next));
    tracing::info!(current, next, revision = stored.revision, "{what}");
}
