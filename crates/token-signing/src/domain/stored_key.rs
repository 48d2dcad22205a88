//! A signing key as it rests in the store.

use std::fmt;

use jiff::Timestamp;

use super::KeyId;

/// A private key, encrypted: nonce, ciphertext and tag of AES-256-GCM as base64 text.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKey {
    kid: KeyId,
    text: String,
}

impl SealedKey {
    /// A sealed key from the store.
    #[must_use]
    pub fn new(kid: KeyId, text: String) -> Self {
        Self { kid, text }
    }

    /// Which key this is.
    #[must_use]
    pub fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// The encrypted key as text.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedKey {} [redacted]", self.kid)
    }
}

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Signs.
    Current,
    /// Published before it signs, so that verifiers have it in time.
    Next,
}

impl KeyState {
    /// The state as the store writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Next => "next",
        }
    }

    /// The state that the store wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Current, Self::Next]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// One row of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The private key; the public one is part of it.
    pub sealed: SealedKey,
    /// At most one key is in each state.
    pub state: KeyState,
    /// When the key was made.
    pub created_at: Timestamp,
}
