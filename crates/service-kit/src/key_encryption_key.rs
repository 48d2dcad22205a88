//! The key that a service encrypts secrets in its database with, so that a copy of the database is worth nothing.

mod file;

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, prelude::BASE64_STANDARD};

pub use file::KeyFileError;
use zeroize::Zeroizing;

/// An AES-256-GCM key. It comes from a file and never leaves the process.
pub struct KeyEncryptionKey(RandomizedNonceKey);

/// The cryptographic library could not encrypt. It gives no reason.
#[derive(Debug, thiserror::Error)]
#[error("the cryptographic library failed")]
pub struct SealError;

impl KeyEncryptionKey {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// Creates a key from its bytes; `None` if they are not [`Self::LENGTH`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, bytes).ok().map(Self)
    }

    /// Encrypts a secret: nonce, ciphertext and tag as base64 text. `context` names the row; it is authenticated, so
    /// that no row can replace another.
    pub fn seal(&self, context: &str, secret: &[u8]) -> Result<String, SealError> {
        // Wiped when dropped: it is the secret itself if encryption fails.
        let mut ciphertext = Zeroizing::new(secret.to_vec());
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(context), &mut *ciphertext)
            .map_err(|_| SealError)?;
        let sealed = [nonce.as_ref().as_slice(), &ciphertext].concat();
        Ok(BASE64_STANDARD.encode(sealed))
    }

    /// Decrypts a secret and passes it to `read`. Returns `None` if the key or the context is another one, if the text
    /// was changed, or if `read` does.
    pub fn open<T>(
        &self,
        context: &str,
        sealed: &str,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<T> {
        // Wiped when dropped: the secret is decrypted in place.
        let mut bytes = Zeroizing::new(BASE64_STANDARD.decode(sealed).ok()?);
        let (nonce, ciphertext) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let secret = self.0.open_in_place(nonce, Aad::from(context), ciphertext);
        read(secret.ok()?)
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey [redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a secret of 32 characters, or so";

    fn key(byte: u8) -> KeyEncryptionKey {
        KeyEncryptionKey::from_bytes(&[byte; KeyEncryptionKey::LENGTH]).unwrap()
    }

    fn open(key: &KeyEncryptionKey, context: &str, sealed: &str) -> Option<String> {
        key.open(context, sealed, |bytes| {
            String::from_utf8(bytes.to_vec()).ok()
        })
    }

    #[test]
    fn a_secret_opens_with_its_key_and_its_context_only() {
        let sealed = key(1).seal("row 1", SECRET.as_bytes()).unwrap();
        assert_eq!(open(&key(1), "row 1", &sealed).as_deref(), Some(SECRET));
        assert_eq!(open(&key(2), "row 1", &sealed), None);
        assert_eq!(open(&key(1), "row 2", &sealed), None);
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let sealed = key(1).seal("row", SECRET.as_bytes()).unwrap();
        for bad in ["", "AAAA", "not base64", &sealed[..sealed.len() - 4]] {
            assert_eq!(open(&key(1), "row", bad), None, "{bad}");
        }
        let mut bytes = BASE64_STANDARD.decode(&sealed).unwrap();
        for position in [0, NONCE_LEN, bytes.len() - 1] {
            bytes[position] ^= 1;
            let changed = BASE64_STANDARD.encode(&bytes);
            assert_eq!(open(&key(1), "row", &changed), None, "byte {position}");
            bytes[position] ^= 1;
        }
    }

    #[test]
    fn the_secret_does_not_show() {
        let [one, other] = [0, 1].map(|_| key(1).seal("row", SECRET.as_bytes()).unwrap());
        assert_ne!(one, other, "each time with another nonce");
        let stored = BASE64_STANDARD.decode(&one).unwrap();
        let shown = |part: &[u8]| stored.windows(part.len()).any(|other| other == part);
        assert!(!SECRET.as_bytes().windows(8).any(shown));
        assert_eq!(format!("{:?}", key(b'k')), "KeyEncryptionKey [redacted]");
    }

    #[test]
    fn a_key_has_32_bytes() {
        for length in [0, 16, 31, 33] {
            assert!(KeyEncryptionKey::from_bytes(&vec![1; length]).is_none());
        }
    }
}
