//! The life of the keys: what each operation makes of all keys. Nothing here reads a clock or a store.

use jiff::{SignedDuration, Timestamp};

use super::{KeyId, KeyState, Lifetime, StoredKey};

/// How many revoked keys are kept for the list.
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
        "the next key {kid} has been published since {published} only, and may sign from {from} on: verifiers that \
         cache the JWKS for up to an hour (Go's keyfunc and go-jwt-middleware, 15 minutes for jwx) would refuse its \
         tokens; use --force to rotate nevertheless"
    )]
    TooEarly {
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
    /// The store has no key in this state.
    #[error("the store has no {} signing key", .0.as_str())]
    Missing(KeyState),
}

/// The key in a state that exactly one key is in.
pub fn only(keys: &[StoredKey], state: KeyState) -> Result<&StoredKey, KeyLifeError> {
    let found = keys.iter().find(|key| key.state == state);
    found.ok_or(KeyLifeError::Missing(state))
}

/// Makes the next key current and the current one previous, and adds `new` as the next key. Refused while the next key
/// has been published for less than `spacing`, and in any case until every replica publishes it.
pub fn rotate(
    keys: &[StoredKey],
    new: StoredKey,
    spacing: SignedDuration,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyLifeError> {
    let next = only(keys, KeyState::Next)?;
    let (kid, published) = (next.kid.clone(), next.created_at);
    // mutant: young-key-signs
    if now < published + spacing {
        let from = published + spacing;
        return Err(KeyLifeError::TooEarly {
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

/// Revokes the current key, which must be `kid` if that is given, makes the next one current, and adds `new` as the
/// next key.
pub fn replace_current(
    keys: &[StoredKey],
    kid: Option<&KeyId>,
    new: StoredKey,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyLifeError> {
    let current = only(keys, KeyState::Current)?;
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
    only(keys, KeyState::Current)?;
    only(keys, KeyState::Next)?;
    let moved = keys.iter().cloned().map(|key| match key.state {
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
    let mut revoked = 0;
    keys.retain(|key| {
        revoked += usize::from(key.state == KeyState::Revoked);
        revoked <= REVOKED_KEPT
    });
    keys
}

#[cfg(test)]
mod tests;
