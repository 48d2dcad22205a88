//! The key that the signing keys are encrypted with, so that a copy of the database is worth nothing.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{KeyId, SealedKey};

/// AES-256-GCM. It comes from a file and never leaves this process.
pub struct KeyEncryptionKey(RandomizedNonceKey);

impl KeyEncryptionKey {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// A key from its bytes; nothing when they are not [`Self::LENGTH`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, bytes).ok().map(Self)
    }

    /// Encrypts a private key. The `kid` is authenticated too: no row can pass for another.
    pub(super) fn seal(&self, kid: &KeyId, private_key: &[u8]) -> Result<SealedKey, Unspecified> {
        let mut ciphertext = private_key.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(kid.as_str()), &mut ciphertext)?;
        let sealed = [nonce.as_ref().as_slice(), &ciphertext].concat();
        Ok(SealedKey::new(kid.clone(), BASE64_STANDARD.encode(sealed)))
    }

    /// Decrypts a private key and hands it to `read`.
    pub(super) fn open<T>(
        &self,
        sealed: &SealedKey,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<T> {
        let mut bytes = BASE64_STANDARD.decode(sealed.as_text()).ok()?;
        let (nonce, ciphertext) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let kid = Aad::from(sealed.kid().as_str());
        let private_key = self.0.open_in_place(nonce, kid, ciphertext).ok()?;
        read(private_key)
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey [redacted]")
    }
}
