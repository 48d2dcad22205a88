//! Changes the keys in the store: makes, rotates, revokes and removes them.

use std::sync::Arc;

use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::{Clock, StoreError, with_causes};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::task;

use crate::Error;
use crate::config::{RotationConfig, SigningConfig};
use crate::custody::Custody;
use crate::domain::key_life;
use crate::domain::{KeyId, KeyState, StoredKey, StoredKeys};
use crate::key_ring::KeyRing;
use crate::store::Store;

/// Changes the keys of a store. Replicas learn of each change by polling.
#[derive(Debug, Clone)]
pub struct KeyKeeper {
    store: Arc<dyn Store>,
    custody: Custody,
    rotation: RotationConfig,
    clock: Arc<dyn Clock>,
    /// The algorithms that keys are made for at the start.
    algs: Vec<SigningAlg>,
}

impl KeyKeeper {
    /// Works on this store. Makes keys for RS256 only.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        custody: Custody,
        rotation: RotationConfig,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            custody,
            rotation,
            clock,
            algs: SigningConfig::default().switched_on(),
        }
    }

    /// Makes keys for all algorithms that are switched on.
    #[must_use]
    pub fn with_algs(self, signing: &SigningConfig) -> Self {
        Self {
            algs: signing.switched_on(),
            ..self
        }
    }

    /// Makes the keys that are missing: two for each algorithm at the first start with it, and certificates of keys
    /// without one. `host` is the issuer's.
    ///
    /// # Errors
    /// When a stored key does not open; then no key is made, for tokens signed by the stored ones are still in use.
    pub(crate) async fn prepare(&self, host: &str) -> Result<(), Error> {
        let stored = self.store.find_keys().await?.keys;
        let sealed = || stored.iter().filter(|key| key.sealed.is_some());
        self.check(sealed().cloned().collect()).await?;
        let missing = self.algs.iter().flat_map(|alg| {
            let states = [KeyState::Current, KeyState::Next].into_iter();
            states
                .filter(|state| key_life::only(&stored, *alg, *state).is_err())
                .map(|state| (*alg, state))
        });
        let missing: Vec<_> = missing.collect();
        if missing.is_empty() && sealed().all(|key| key.certificate.is_some()) {
            return Ok(());
        }
        let made = missing.iter().map(|(alg, _)| self.make(*alg, host));
        let new = try_join_all(made).await?;
        let now = self.now();
        let change = |keys: &[StoredKey], new: Vec<StoredKey>| {
            let certified = keys.iter().map(|key| self.certified(key, host, now));
            let mut keys = certified.collect::<Result<Vec<_>, _>>()?;
            for (new, (alg, state)) in new.into_iter().zip(missing) {
                if key_life::only(&keys, alg, state).is_err() {
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
        self.change_with(new, change).await.map(drop)
    }

    async fn check(&self, keys: Vec<StoredKey>) -> Result<(), Error> {
        self.blocking(move |custody| keys.iter().try_for_each(|key| custody.check(key)))
            .await
    }

    /// The keys in memory, for signing.
    pub(crate) async fn open_ring(&self) -> Result<Arc<KeyRing>, Error> {
        KeyRing::open(Arc::clone(&self.store), self.custody.clone()).await
    }

    pub(crate) fn token_sessions(&self) -> Option<usize> {
        self.custody.token_sessions()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// All keys.
    pub(crate) async fn list(&self) -> Result<StoredKeys, StoreError> {
        self.store.find_keys().await
    }

    /// Makes the next key of one algorithm current, or those of all. `force` rotates although a next key is young.
    /// Returns the algorithms, and all keys.
    pub(crate) async fn rotate(
        &self,
        alg: Option<SigningAlg>,
        force: bool,
    ) -> Result<(Vec<SigningAlg>, StoredKeys), Error> {
        let spacing = if force {
            SignedDuration::ZERO
        } else {
            self.rotation.spacing()
        };
        let stored = self.list().await?.keys;
        let algs = alg.map_or_else(|| key_life::algs(&stored).collect(), |alg| vec![alg]);
        let new = self.next(&stored, &algs).await?;
        let now = self.now();
        let change = |keys: &[StoredKey], new| Ok(key_life::rotate_all(keys, new, spacing, now)?);
        let keys = self.change_with(new, change).await?;
        announce("signing keys are rotated", &algs, &keys);
        Ok((algs, keys))
    }

    /// Rotates the keys of each algorithm if the schedule says so. Of several replicas one does it.
    pub(crate) async fn rotate_if_due(&self) -> Result<(), Error> {
        let Some(every) = self.rotation.every() else {
            return Ok(());
        };
        let is_due = |keys: &[StoredKey], alg, now| {
            let current = key_life::only(keys, alg, KeyState::Current);
            current.is_ok_and(|key| key.current_since.unwrap_or(now) + every <= now)
        };
        let (stored, now) = (self.list().await?.keys, self.now());
        let due = key_life::algs(&stored).filter(|alg| is_due(&stored, *alg, now));
        let due: Vec<_> = due.collect();
        if due.is_empty() {
            return Ok(());
        }
        let new = self.next(&stored, &due).await?;
        let (now, spacing) = (self.now(), self.rotation.spacing());
        let change = |keys: &[StoredKey], new: Vec<StoredKey>| {
            let new = new.into_iter().filter(|new| is_due(keys, new.alg, now));
            Ok(key_life::rotate_all(keys, new, spacing, now)?)
        };
        let keys = self.change_with(new, change).await?;
        announce("signing keys are rotated by the schedule", &due, &keys);
        Ok(())
    }

    /// Revokes a previous key.
    pub(crate) async fn revoke(&self, kid: &KeyId) -> Result<StoredKeys, Error> {
        let now = self.now();
        let change = |keys: &[StoredKey]| Ok(key_life::revoke(keys, kid, now)?);
        let keys = self.store.change(Box::new(change)).await?;
        tracing::warn!(target: "audit", event = "keys", %kid, "a signing key is revoked");
        self.destroy_revoked().await;
        Ok(keys)
    }

    /// Switches an algorithm off.
    pub(crate) async fn retire(&self, alg: SigningAlg) -> Result<StoredKeys, Error> {
        let now = self.now();
        let change = |keys: &[StoredKey]| Ok(key_life::retire(keys, alg, now)?);
        let keys = self.store.change(Box::new(change)).await?;
        let revision = keys.revision;
        tracing::info!(target: "audit", event = "keys", %alg, revision, "a signing algorithm is switched off");
        Ok(keys)
    }

    /// Revokes the current key of an algorithm ([`key_life::alg_to_replace`]), which must be `kid` if that is given,
    /// and makes the next one current. Returns the algorithm, and all keys.
    pub(crate) async fn replace_current(
        &self,
        kid: Option<&KeyId>,
        alg: Option<SigningAlg>,
    ) -> Result<(SigningAlg, StoredKeys), Error> {
        let stored = self.list().await?.keys;
        let alg = key_life::alg_to_replace(&stored, kid, alg)?;
        let new = self.next(&stored, &[alg]).await?;
        let now = self.now();
        let change = |keys: &[StoredKey], new| {
            let replace = |keys: Vec<_>, new| key_life::replace_current(&keys, kid, new, now);
            Ok(Vec::into_iter(new).try_fold(keys.to_vec(), replace)?)
        };
        let keys = self.change_with(new, change).await?;
        announce("the current signing key is revoked", &[alg], &keys);
        self.destroy_revoked().await;
        Ok((alg, keys))
    }

    /// Destroys private keys in the token that no row needs any more. Of a process that is killed in an operation, at
    /// worst a key in the token is left: either one that was made and is in no row yet, or one whose row has lost it.
    pub(crate) async fn destroy_unused(&self) -> Result<(), Error> {
        // The token before the rows: a key that is made meanwhile is not looked at.
        let mut objects = self.blocking(Custody::objects).await?;
        let (stored, now) = (self.list().await?.keys, self.now());
        objects.retain(|object| object.is_done(&stored, now));
        if objects.is_empty() {
            return Ok(());
        }
        tracing::info!(?objects, "destroying private keys in the PKCS#11 token");
        // mutant: retired-key-stays-in-token
        self.blocking(move |custody| custody.destroy(&objects))
            .await
    }

    /// [`Self::destroy_unused`] after an operation that has revoked a key. If it fails, the upkeep repeats it.
    async fn destroy_revoked(&self) {
        // Another process may have made the key.
        self.custody.renew();
        if let Err(error) = self.destroy_unused().await {
            let error = with_causes(&error);
            tracing::warn!(
                error,
                "a revoked private key stays in the PKCS#11 token for now"
            );
        }
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

    /// Changes the keys with new ones. Those that are in no row afterwards are destroyed, unless the store cannot tell.
    async fn change_with(
        &self,
        new: Vec<StoredKey>,
        change: impl FnOnce(&[StoredKey], Vec<StoredKey>) -> Result<Vec<StoredKey>, Error> + Send,
    ) -> Result<StoredKeys, Error> {
        let mut unused = new.clone();
        let changed = self.store.change(Box::new(|keys| change(keys, new)));
        let changed = changed.await;
        match &changed {
            Ok(stored) => {
                unused.retain(|new| stored.keys.iter().all(|key| key.kid != new.kid));
            }
            Err(Error::Life(_)) => {}
            Err(_) => unused.clear(),
        }
        if !unused.is_empty() {
            // The upkeep removes what stays.
            let discard = self.blocking(move |custody| custody.discard(&unused));
            let _ = discard.await;
        }
        changed
    }

    /// New next keys, one for each algorithm.
    async fn next(
        &self,
        stored: &[StoredKey],
        algs: &[SigningAlg],
    ) -> Result<Vec<StoredKey>, Error> {
        try_join_all(algs.iter().map(|alg| self.new_next(stored, *alg))).await
    }

    /// A new next key, with the name of the current one in its certificate.
    async fn new_next(&self, stored: &[StoredKey], alg: SigningAlg) -> Result<StoredKey, Error> {
        let current = key_life::only(stored, alg, KeyState::Current)?;
        let certificate = current.certificate.as_ref();
        let name = certificate.map_or("", |certificate| certificate.common_name());
        self.make(alg, name).await
    }

    async fn make(&self, alg: SigningAlg, common_name: &str) -> Result<StoredKey, Error> {
        let (common_name, now) = (common_name.to_owned(), self.now());
        self.blocking(move |custody| custody.make(alg, &common_name, now))
            .await
    }

    /// Runs what generates a key, which takes a good part of a second, or waits for a token.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Custody) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let custody = self.custody.clone();
        let done = task::spawn_blocking(move || work(&custody));
        done.await.map_err(|_| Error::Interrupted)?
    }

    fn certified(&self, key: &StoredKey, host: &str, now: Timestamp) -> Result<StoredKey, Error> {
        if key.certificate.is_some() || key.sealed.is_none() {
            return Ok(key.clone());
        }
        let certificate = self.custody.decrypt(key)?.certificate(host, now)?;
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

fn announce(what: &str, algs: &[SigningAlg], stored: &StoredKeys) {
    for alg in algs {
        let kid =
            |state| key_life::only(&stored.keys, *alg, state).map_or("", |key| key.kid.as_str());
        let (current, next) = (kid(KeyState::Current), kid(KeyState::Next));
        let revision = stored.revision;
        tracing::info!(target: "audit", event = "keys", %alg, current, next, revision, "{what}");
    }
}
