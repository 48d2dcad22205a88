//! A signing key as it rests in the store.

use std::cmp::Reverse;
use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_oauth2_types::SigningAlg;
use jiff::Timestamp;

use super::{Certificate, KeyId, PublicKey};

/// A private key, encrypted, or a reference to one in a PKCS#11 token.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyState {
    /// Signs.
    Current,
    /// Published before it signs, so that verifiers have it in time.
    Next,
    /// Signs no more, and is published while its tokens may be valid.
    Previous,
    /// Not published; its tokens are refused.
    Revoked,
}

impl KeyState {
    const ALL: [Self; 4] = [Self::Current, Self::Next, Self::Previous, Self::Revoked];

    /// The state as the store writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Next => "next",
            Self::Previous => "previous",
            Self::Revoked => "revoked",
        }
    }

    /// The state that the store wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One row of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Names the key in the header of its tokens.
    pub kid: KeyId,
    /// The only algorithm that it signs with.
    pub alg: SigningAlg,
    /// One key of each algorithm is current, and one is next.
    pub state: KeyState,
    /// The private key; `None` once it signs no more.
    pub sealed: Option<SealedKey>,
    /// `None` for a key of an earlier version, until the service starts.
    pub certificate: Option<Certificate>,
    /// When the key was made and published.
    pub created_at: Timestamp,
    /// When the key began to sign.
    pub current_since: Option<Timestamp>,
    /// When the key stopped signing.
    pub current_until: Option<Timestamp>,
    /// When the key was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl StoredKey {
    /// Sorts keys as [`StoredKeys::keys`] are.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        let since = self.revoked_at.or(self.current_until);
        (self.state, Reverse(since), self.alg, self.kid.to_string())
    }

    /// The public key with everything that the JWKS says of it; `None` without a certificate.
    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        let certificate = self.certificate.as_ref()?;
        Some(PublicKey {
            kid: self.kid.clone(),
            alg: self.alg,
            is_current: self.state == KeyState::Current,
            half: certificate.public_half().clone(),
            x5c: certificate.to_base64(),
            x5t: BASE64_URL_SAFE_NO_PAD.encode(certificate.thumbprint()),
        })
    }
}

/// All keys of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKeys {
    /// Rises with each change.
    pub revision: u64,
    /// In the order of [`KeyState`]: current and next ones by algorithm, previous and revoked ones last first.
    pub keys: Vec<StoredKey>,
}
