//! The keys in memory, kept true by polling the store: signing and the JWKS need no store.

use std::sync::Arc;
use std::time::Duration;

use doorward_service_kit::{KeyEncryptionKey, Shutdown, with_causes};
use futures::{Stream, stream};
use metrics::gauge;
use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

use crate::Error;
use crate::domain::{KeyId, KeyState, PublicKey, SigningKey, StoredKey, StoredKeys};
use crate::store::Store;

/// The interval of polling. A replica that reaches the store signs with a revoked key no longer than this.
pub(crate) const POLL: Duration = Duration::from_millis(250);
/// A store that takes longer counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(1);

/// The keys of this replica.
#[derive(Debug)]
pub(crate) struct KeyRing {
    keys: watch::Sender<Arc<Keys>>,
    key_encryption_key: Arc<KeyEncryptionKey>,
    store: Arc<dyn Store>,
    /// Held while the store is read, so that what was read first does not replace what was read later.
    turn: Mutex<()>,
}

/// The keys at an instant.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) revision: u64,
    /// `None` if the current key does not open, and the key that signed until then is revoked.
    signer: Option<Arc<SigningKey>>,
    /// The public keys: current, next, previous.
    pub(crate) public: Vec<PublicKey>,
}

impl KeyRing {
    /// Reads the keys from the store, which must have them.
    pub(crate) async fn open(
        store: Arc<dyn Store>,
        key_encryption_key: Arc<KeyEncryptionKey>,
    ) -> Result<Arc<Self>, Error> {
        let stored = store.find_keys().await?;
        let current = only(&stored.keys, KeyState::Current)?;
        let signer = Arc::new(open(current, &key_encryption_key)?);
        let keys = Keys::new(&stored, Some(signer));
        tracing::info!(kid = %current.kid, revision = keys.revision, "signing keys are ready");
        Ok(Arc::new(Self {
            keys: watch::Sender::new(Arc::new(keys)),
            key_encryption_key,
            store,
            turn: Mutex::new(()),
        }))
    }

    /// Polls the store until `shutdown`.
    pub(crate) fn follow(self: &Arc<Self>, shutdown: Shutdown) {
        let ring = Arc::clone(self);
        tokio::spawn(shutdown.run_until_cancelled_owned(async move {
            let mut failed = false;
            loop {
                sleep(POLL).await;
                let result = match timeout(PATIENCE, ring.refresh()).await {
                    Ok(result) => result.map_err(|error| with_causes(&error)),
                    Err(elapsed) => Err(elapsed.to_string()),
                };
                if let (Err(error), false) = (&result, failed) {
                    tracing::error!(
                        error,
                        "the signing keys cannot be read, the known ones stay"
                    );
                }
                failed = result.is_err();
            }
        }));
    }

    /// The key that signs.
    pub(crate) fn signer(&self) -> Result<Arc<SigningKey>, Error> {
        self.keys.borrow().signer.clone().ok_or(Error::NoSigner)
    }

    /// The keys at present.
    pub(crate) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.borrow())
    }

    /// Sends the keys at once, and after each change; ends with the ring.
    pub(crate) fn stream(&self) -> impl Stream<Item = Arc<Keys>> + Send + use<> {
        let mut receiver = self.keys.subscribe();
        receiver.mark_changed();
        stream::unfold(receiver, async |mut receiver| {
            receiver.changed().await.ok()?;
            let keys = Arc::clone(&receiver.borrow_and_update());
            Some((keys, receiver))
        })
    }

    /// Reads the keys if they have changed.
    pub(crate) async fn refresh(&self) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        if self.store.revision().await? == self.keys.borrow().revision {
            return Ok(());
        }
        let stored = self.store.find_keys().await?;
        // mutant: revoked-key-signs-on
        let (signer, problem) = self.next_signer(&stored.keys);
        let keys = Keys::new(&stored, signer);
        let kid = keys.signer.as_ref().map(|signer| signer.kid().to_string());
        tracing::info!(kid, revision = keys.revision, "signing keys have changed");
        self.keys.send_replace(Arc::new(keys));
        problem.map_or(Ok(()), Err)
    }

    /// The current key; if it does not open, the key that has signed so far, unless it is revoked.
    fn next_signer(&self, stored: &[StoredKey]) -> (Option<Arc<SigningKey>>, Option<Error>) {
        let held = self.keys.borrow().signer.clone();
        let state = |kid: &KeyId| {
            stored
                .iter()
                .find(|key| key.kid == *kid)
                .map(|key| key.state)
        };
        let held = held.filter(|held| {
            matches!(
                state(held.kid()),
                Some(KeyState::Current | KeyState::Previous)
            )
        });
        if let Some(held) = held
            .as_ref()
            .filter(|held| state(held.kid()) == Some(KeyState::Current))
        {
            return (Some(Arc::clone(held)), None);
        }
        let opened = only(stored, KeyState::Current)
            .and_then(|current| open(current, &self.key_encryption_key));
        match opened {
            Ok(signer) => (Some(Arc::new(signer)), None),
            Err(error) => (held, Some(error)),
        }
    }
}

impl Keys {
    fn new(stored: &StoredKeys, signer: Option<Arc<SigningKey>>) -> Self {
        let published = stored.keys.iter().filter(|key| is_published(key));
        let public = published.filter_map(|key| {
            let certificate = key.certificate.as_ref()?;
            Some(certificate.public_key(key.kid.clone()))
        });
        #[expect(clippy::cast_precision_loss, reason = "no keys change 2^53 times")]
        gauge!("doorward_signing_keys_revision").set(stored.revision as f64);
        Self {
            revision: stored.revision,
            public: public.collect(),
            signer,
        }
    }
}

fn is_published(key: &StoredKey) -> bool {
    // mutant: revoked-key-published
    key.state != KeyState::Revoked
}

fn only(keys: &[StoredKey], state: KeyState) -> Result<&StoredKey, Error> {
    Ok(crate::domain::key_life::only(keys, state)?)
}

pub(crate) fn open(stored: &StoredKey, key: &KeyEncryptionKey) -> Result<SigningKey, Error> {
    let opened = stored
        .sealed
        .as_ref()
        .map(|sealed| SigningKey::open(sealed, key));
    opened
        .flatten()
        .ok_or_else(|| Error::WrongKeyEncryptionKey(stored.kid.clone()))
}

#[cfg(test)]
mod tests;
