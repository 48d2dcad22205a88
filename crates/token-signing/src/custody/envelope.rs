//! A private key encrypted with a data key of its own, which a key-encryption key wraps.

use std::fmt::Debug;

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::KeyEncryptionKey;
use zeroize::Zeroizing;

use crate::domain::{KeyPair, SigningError};

/// An AES-256 key that encrypts one private key, and is stored only wrapped.
pub(crate) type DataKey = Zeroizing<[u8; KeyEncryptionKey::LENGTH]>;

/// A key-encryption key.
pub(crate) trait WrapDataKeys: Debug {
    /// Encrypts a data key: text without dots. `context` names the private key; it is authenticated.
    fn wrap(&self, context: &str, data_key: &DataKey) -> Result<String, SigningError>;

    /// Decrypts a data key; `None` if it was wrapped by another key or for another context, or was changed.
    fn unwrap(&self, context: &str, wrapped: &str) -> Result<Option<DataKey>, SigningError>;
}

/// The key from a file.
impl WrapDataKeys for KeyEncryptionKey {
    fn wrap(&self, context: &str, data_key: &DataKey) -> Result<String, SigningError> {
        Ok(self.seal(context, data_key.as_slice())?)
    }

    fn unwrap(&self, context: &str, wrapped: &str) -> Result<Option<DataKey>, SigningError> {
        let read = |bytes: &[u8]| Some(Zeroizing::new(bytes.try_into().ok()?));
        Ok(self.open(context, wrapped, read))
    }
}

/// An encrypted private key, and the data key for it, wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    pub(crate) wrapped: &'a str,
    pub(crate) ciphertext: &'a str,
}

/// An [`Envelope`] that is new.
pub(crate) struct NewEnvelope {
    wrapped: String,
    ciphertext: String,
}

impl NewEnvelope {
    pub(crate) fn as_ref(&self) -> Envelope<'_> {
        Envelope {
            wrapped: &self.wrapped,
            ciphertext: &self.ciphertext,
        }
    }
}

/// Encrypts a private key with a new data key.
pub(crate) fn seal(
    pair: &KeyPair,
    context: &str,
    key: &dyn WrapDataKeys,
) -> Result<NewEnvelope, SigningError> {
    let mut data_key = DataKey::default();
    rand::fill(&mut *data_key)?;
    let wrapped = key.wrap(context, &data_key)?;
    let cipher = KeyEncryptionKey::from_bytes(&*data_key).ok_or(Unspecified)?;
    let ciphertext = pair.with_pkcs8(|pkcs8| cipher.seal(context, pkcs8))??;
    Ok(NewEnvelope {
        wrapped,
        ciphertext,
    })
}

/// Decrypts a private key; `None` if it was encrypted by another key or for another context, or was changed.
pub(crate) fn open(
    envelope: Envelope<'_>,
    alg: SigningAlg,
    context: &str,
    key: &dyn WrapDataKeys,
) -> Result<Option<KeyPair>, SigningError> {
    let data_key = key.unwrap(context, envelope.wrapped)?;
    let cipher = data_key.and_then(|key| KeyEncryptionKey::from_bytes(&*key));
    let read = |pkcs8: &[u8]| KeyPair::from_pkcs8(alg, pkcs8);
    Ok(cipher.and_then(|cipher| cipher.open(context, envelope.ciphertext, read)))
}
