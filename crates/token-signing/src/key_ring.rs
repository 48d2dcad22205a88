//! The keys in memory, kept true by polling the store: signing and the JWKS need no store.

use std::sync::Arc;
use std::time::Duration;

use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::{Shutdown, with_causes};
use futures::{Stream, stream};
use metrics::gauge;
use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

use crate::Error;
use crate::custody::Custody;
use crate::domain::key_life::{algs, only};
use crate::domain::{KeyId, KeyState, PublicKey, SigningKey, StoredKey, StoredKeys};
use crate::metrics::SIGNING_KEYS_REVISION;
use crate::store::Store;

/// The interval of polling. A replica that reaches the store signs with a revoked key no longer than this.
pub(crate) const POLL: Duration = Duration::from_millis(250);
/// A store that takes longer counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(1);

/// The keys of this replica.
#[derive(Debug)]
pub(crate) struct KeyRing {
    keys: watch::Sender<Arc<Keys>>,
    custody: Custody,
    store: Arc<dyn Store>,
    /// Held while the store is read, so that what was read first does not replace what was read later.
    turn: Mutex<()>,
}

/// The keys at an instant.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) revision: u64,
    /// For each algorithm that is switched on.
    signers: Vec<Signer>,
    /// The public keys: current, next, previous.
    pub(crate) public: Vec<PublicKey>,
}

/// The key that signs with an algorithm.
#[derive(Debug, Clone)]
struct Signer {
    alg: SigningAlg,
    /// `None` if the current key does not open, and the key that signed until then is revoked.
    key: Option<Arc<SigningKey>>,
}

impl KeyRing {
    /// Reads the keys from the store, which must have them.
    pub(crate) async fn open(store: Arc<dyn Store>, custody: Custody) -> Result<Arc<Self>, Error> {
        let stored = store.find_keys().await?;
        only(&stored.keys, SigningAlg::default(), KeyState::Current)?;
        let signers = algs(&stored.keys).map(|alg| {
            let current = only(&stored.keys, alg, KeyState::Current)?;
            let key = Some(Arc::new(custody.open(current)?));
            Ok(Signer { alg, key })
        });
        let signers = signers.collect::<Result<_, Error>>()?;
        let keys = Keys::new(&stored, signers);
        tracing::info!(
            kids = keys.kids(),
            revision = keys.revision,
            "signing keys are ready"
        );
        Ok(Arc::new(Self {
            keys: watch::Sender::new(Arc::new(keys)),
            custody,
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
        let (signers, problem) = self.next_signers(&stored.keys);
        let keys = Keys::new(&stored, signers);
        tracing::info!(
            kids = keys.kids(),
            revision = keys.revision,
            "signing keys have changed"
        );
        self.keys.send_replace(Arc::new(keys));
        problem.map_or(Ok(()), Err)
    }

    /// The signers of all algorithms, and the last problem with one of them.
    fn next_signers(&self, stored: &[StoredKey]) -> (Vec<Signer>, Option<Error>) {
        let held = self.keys();
        let mut problem = None;
        let signers = algs(stored).map(|alg| {
            let held = held.signers.iter().find(|signer| signer.alg == alg);
            let held = held.and_then(|signer| signer.key.clone());
            let (key, error) = self.next_signer(alg, held, stored);
            problem = error.or(problem.take());
            Signer { alg, key }
        });
        let signers = signers.collect();
        (signers, problem)
    }

    /// The current key; if it does not open, the key that has signed so far, unless it is revoked.
    fn next_signer(
        &self,
        alg: SigningAlg,
        held: Option<Arc<SigningKey>>,
        stored: &[StoredKey],
    ) -> (Option<Arc<SigningKey>>, Option<Error>) {
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
        let opened = only(stored, alg, KeyState::Current)
            .map_err(Error::from)
            .and_then(|current| self.custody.open(current));
        match opened {
            Ok(signer) => (Some(Arc::new(signer)), None),
            Err(error) => (held, Some(error)),
        }
    }
}

impl Keys {
    /// The key that signs with an algorithm.
    pub(crate) fn signer(&self, alg: SigningAlg) -> Result<&SigningKey, Error> {
        let found = self.signers.iter().find(|signer| signer.alg == alg);
        let found = found.ok_or(Error::SwitchedOff(alg))?;
        found.key.as_deref().ok_or(Error::NoSigner(alg))
    }

    /// The keys that sign, for the log.
    fn kids(&self) -> String {
        let keys = self.signers.iter().filter_map(|signer| signer.key.as_ref());
        let kids: Vec<_> = keys
            .map(|key| format!("{} {}", key.alg(), key.kid()))
            .collect();
        kids.join(", ")
    }

    fn new(stored: &StoredKeys, signers: Vec<Signer>) -> Self {
        let published = stored.keys.iter().filter(|key| is_published(key));
        let public = published.filter_map(StoredKey::public_key);
        #[expect(clippy::cast_precision_loss, reason = "no keys change 2^53 times")]
        gauge!(SIGNING_KEYS_REVISION).set(stored.revision as f64);
        Self {
            revision: stored.revision,
            public: public.collect(),
            signers,
        }
    }
}

fn is_published(key: &StoredKey) -> bool {
    // mutant: revoked-key-published
    key.state != KeyState::Revoked
}

#[cfg(test)]
mod tests;
