//! The life of the keys: what each operation makes of all keys. An operation on the keys of one algorithm leaves those
//! of all others as they are. Nothing here reads a clock or a store.

use doorward_oauth2_types::SigningAlg;
use jiff::{SignedDuration, Timestamp};

use super::{KeyId, KeyState, Lifetime, StoredKey};

/// How many revoked keys of each algorithm are kept for the list.
const REVOKED_KEPT: usize = 3;
/// How long every frontend may take to publish a key: two rounds of its polling.
pub const PROPAGATION: SignedDuration = SignedDuration::from_secs(10);
/// How long a verifier may cache the JWKS, from the documentation.
const JWKS_CACHE: SignedDuration = SignedDuration::from_mins(10);

/// An operation that would break a rule of a key's life.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyLifeError {
    /// The next key is not in the caches of all verifiers yet.
    #[error(
        "the next {alg} key {kid} has been published since {published} only, and may sign from {from} on: verifiers that \
         cache the JWKS for up to an hour (Go's keyfunc and go-jwt-middleware, 15 minutes for jwx) would refuse its \
         tokens; use --force to rotate nevertheless"
    )]
    TooEarly {
        /// The algorithm that was to be rotated.
        alg: SigningAlg,
        /// The next key.
        kid: KeyId,
        /// When it was made.
        published: Timestamp,
        /// When it may sign.
        from: Timestamp,
    },
    /// The next key may not be in the JWKS of every replica yet.
    #[error("the next key {kid} may not be published by every replica yet; try again after {from}")]
    NotPublished {
        /// The next key.
        kid: KeyId,
        /// When it may sign.
        from: Timestamp,
    },
    /// No key has this id.
    #[error("there is no signing key {0}")]
    NotFound(KeyId),
    /// The key is current or next.
    #[error(
        "{kid} is the {} key; only previous keys are revoked. `doorward keys emergency-rotate` revokes the current key",
        state.as_str()
    )]
    InUse {
        /// Which key.
        kid: KeyId,
        /// Its state.
        state: KeyState,
    },
    /// The key is not the current one.
    #[error("{0} is not the current key")]
    NotCurrent(KeyId),
    /// The key has another algorithm than the one that was named with it.
    #[error("{kid} is a key for {alg}")]
    OtherAlgorithm {
        /// Which key.
        kid: KeyId,
        /// Its algorithm.
        alg: SigningAlg,
    },
    /// Several keys are current, and it was not said which one is meant.
    #[error("keys of several algorithms are current ({}); name the key or the algorithm", list(.0))]
    Ambiguous(Vec<SigningAlg>),
    /// The algorithm cannot be switched off.
    #[error("{0} cannot be switched off: it is the default of applications and APIs")]
    AlwaysOn(SigningAlg),
    /// The store has no key of this algorithm in this state.
    #[error("there is no {} signing key for {alg}: the algorithm is not switched on", state.as_str())]
    Missing {
        /// The algorithm.
        alg: SigningAlg,
        /// The state that one key should be in.
        state: KeyState,
    },
}

fn list(algs: &[SigningAlg]) -> String {
    let names: Vec<_> = algs.iter().map(|alg| alg.as_str()).collect();
    names.join(", ")
}

/// The key of an algorithm in a state that exactly one of its keys is in.
pub fn only(
    keys: &[StoredKey],
    alg: SigningAlg,
    state: KeyState,
) -> Result<&StoredKey, KeyLifeError> {
    let found = keys.iter().find(|key| key.alg == alg && key.state == state);
    found.ok_or(KeyLifeError::Missing { alg, state })
}

/// The algorithms that sign, in their order.
pub fn algs(keys: &[StoredKey]) -> impl Iterator<Item = SigningAlg> {
    let current = keys.iter().filter(|key| key.state == KeyState::Current);
    current.map(|key| key.alg)
}

/// Makes the next key current and the current one previous, and adds `new` as the next key, all of the algorithm of
/// `new`. Refused while the next key has been published for less than `spacing`, and in any case until every replica
/// publishes it.
pub fn rotate(
    keys: &[StoredKey],
    new: StoredKey,
    spacing: SignedDuration,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyLifeError> {
    let alg = new.alg;
    let next = only(keys, alg, KeyState::Next)?;
    let (kid, published) = (next.kid.clone(), next.created_at);
    // mutant: young-key-signs
    if now < published + spacing {
        let from = published + spacing;
        return Err(KeyLifeError::TooEarly {
            alg,
            kid,
            published,
            from,
        });
    }
    if now < published + PROPAGATION {
        let from = published + PROPAGATION;
        return Err(KeyLifeError::NotPublished { kid, from });
    }
    promote(keys, new, KeyState::Previous, now)
}

/// Switches an algorithm off: its current key becomes previous, and its next key, which has signed nothing, is removed.
pub fn retire(
    keys: &[StoredKey],
    alg: SigningAlg,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyLifeError> {
    if alg == SigningAlg::default() {
        return Err(KeyLifeError::AlwaysOn(alg));
    }
    only(keys, alg, KeyState::Current)?;
    let kept = keys.iter().cloned().filter_map(|key| match key.state {
        _ if key.alg != alg => Some(key),
        KeyState::Current => Some(retired(key, KeyState::Previous, now)),
        KeyState::Next => None,
        KeyState::Previous | KeyState::Revoked => Some(key),
    });
    Ok(sorted(kept.collect()))
}

/// [`rotate`] for several algorithms: all of them, or none.
pub fn rotate_all(
    keys: &[StoredKey],
    new: impl IntoIterator<Item = StoredKey>,
    spacing: SignedDuration,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyLifeError> {
    new.into_iter()
        .try_fold(keys.to_vec(), |keys, new| rotate(&keys, new, spacing, now))
}

/// The algorithm whose current key an emergency is about: that of `kid`, the one that is named, or the only one.
pub fn alg_to_replace(
    keys: &[StoredKey],
    kid: Option<&KeyId>,
    alg: Option<SigningAlg>,
) -> Result<SigningAlg, KeyLifeError> {
    if let Some(kid) = kid {
        let found = keys.iter().find(|key| key.kid == *kid);
        let found = found.ok_or_else(|| KeyLifeError::NotCurrent(kid.clone()))?;
        return match alg {
            Some(alg) if alg != found.alg => Err(KeyLifeError::OtherAlgorithm {
                kid: kid.clone(),
                alg: found.alg,
            }),
            _ => Ok(found.alg),
        };
    }
    let algs: Vec<_> = algs(keys).collect();
    match (alg, &*algs) {
        (Some(alg), _) => Ok(alg),
        (None, []) => Ok(SigningAlg::default()),
        (None, [only]) => Ok(*only),
        (None, _) => Err(KeyLifeError::Ambiguous(algs)),
    }
}

/// Revokes the current key of the algorithm of `new`, which must be `kid` if that is given, makes the next one current,
/// and adds `new` as the next key.
pub fn replace_current(
    keys: &[StoredKey],
    kid: Option<&KeyId>,
    new: StoredKey,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyLifeError> {
    let current = only(keys, new.alg, KeyState::Current)?;
    match kid {
        Some(kid) if *kid != current.kid => Err(KeyLifeError::NotCurrent(kid.clone())),
        _ => promote(keys, new, KeyState::Revoked, now),
    }
}

/// The current key goes into `state`, the next one becomes current, and `new` the next one.
fn promote(
    keys: &[StoredKey],
    new: StoredKey,
    state: KeyState,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyLifeError> {
    let alg = new.alg;
    only(keys, alg, KeyState::Current)?;
    only(keys, alg, KeyState::Next)?;
    let moved = keys.iter().cloned().map(|key| match key.state {
        _ if key.alg != alg => key,
        KeyState::Current => retired(key, state, now),
        KeyState::Next => StoredKey {
            state: KeyState::Current,
            current_since: Some(now),
            ..key
        },
        KeyState::Previous | KeyState::Revoked => key,
    });
    Ok(sorted(moved.chain([new]).collect()))
}

/// Revokes a previous key. A revoked key stays as it is.
pub fn revoke(
    keys: &[StoredKey],
    kid: &KeyId,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyLifeError> {
    let found = keys.iter().find(|key| key.kid == *kid);
    let found = found.ok_or_else(|| KeyLifeError::NotFound(kid.clone()))?;
    let (kid, state) = (kid.clone(), found.state);
    match state {
        KeyState::Current | KeyState::Next => Err(KeyLifeError::InUse { kid, state }),
        KeyState::Revoked => Ok(keys.to_vec()),
        KeyState::Previous => {
            let change = |key: &StoredKey| {
                if key.kid == kid {
                    retired(key.clone(), KeyState::Revoked, now)
                } else {
                    key.clone()
                }
            };
            Ok(sorted(keys.iter().map(change).collect()))
        }
    }
}

/// Removes previous keys whose last token has expired, one life of a JWKS cache ago.
#[must_use]
pub fn without_expired(keys: &[StoredKey], now: Timestamp) -> Vec<StoredKey> {
    let kept = keys.iter().filter(|key| {
        let until = key.current_until.unwrap_or(now);
        key.state != KeyState::Previous || now < until + Lifetime::LONGEST + JWKS_CACHE
    });
    kept.cloned().collect()
}

/// A key that signs no more: its private half is deleted.
fn retired(key: StoredKey, state: KeyState, now: Timestamp) -> StoredKey {
    StoredKey {
        state,
        sealed: None,
        current_until: key.current_until.or(Some(now)),
        revoked_at: (state == KeyState::Revoked).then_some(now),
        ..key
    }
}

/// In the order of the list, without revoked keys that are too many.
fn sorted(mut keys: Vec<StoredKey>) -> Vec<StoredKey> {
    keys.sort_by_key(StoredKey::order);
    let mut revoked = Vec::new();
    keys.retain(|key| {
        if key.state != KeyState::Revoked {
            return true;
        }
        revoked.push(key.alg);
        revoked.iter().filter(|alg| **alg == key.alg).count() <= REVOKED_KEPT
    });
    keys
}

#[cfg(test)]
mod tests;
