//! Where private keys are kept: in the database, each encrypted with a data key that a key-encryption key wraps.

pub(crate) mod envelope;
mod form;

use std::sync::Arc;

use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::KeyEncryptionKey;
use jiff::Timestamp;

use crate::Error;
use crate::domain::{
    Certificate, KeyId, KeyPair, KeyState, SealedKey, SigningError, SigningKey, StoredKey,
};
use form::Form;

/// Makes private keys, and opens those of the store.
#[derive(Debug, Clone)]
pub struct Custody {
    file: Arc<KeyEncryptionKey>,
}

impl Custody {
    /// Keys are encrypted by a key from a file.
    #[must_use]
    pub fn file(key: KeyEncryptionKey) -> Self {
        Self {
            file: Arc::new(key),
        }
    }

    /// Makes a next key. An RSA key takes a good part of a second. `common_name` is for its certificate.
    pub(crate) fn make(
        &self,
        alg: SigningAlg,
        common_name: &str,
        now: Timestamp,
    ) -> Result<StoredKey, Error> {
        let kid = KeyId::generate();
        let (text, certificate) = self.make_private(&kid, alg, common_name, now)?;
        Ok(StoredKey {
            alg,
            state: KeyState::Next,
            sealed: Some(SealedKey::new(kid.clone(), text)),
            certificate: Some(certificate),
            created_at: now,
            current_since: None,
            current_until: None,
            revoked_at: None,
            kid,
        })
    }

    fn make_private(
        &self,
        kid: &KeyId,
        alg: SigningAlg,
        common_name: &str,
        now: Timestamp,
    ) -> Result<(String, Certificate), Error> {
        let pair = KeyPair::generate(alg).map_err(SigningError::from)?;
        let envelope = envelope::seal(&pair, &kid.context(alg), &*self.file)?;
        let certificate = pair.certificate(common_name, now)?;
        Ok((Form::file(&envelope), certificate))
    }

    /// The private key of a row, ready to sign.
    pub(crate) fn open(&self, stored: &StoredKey) -> Result<SigningKey, Error> {
        let (kid, alg) = (stored.kid.clone(), stored.alg);
        Ok(SigningKey::new(kid, alg, self.decrypt(stored)?))
    }

    /// The private key of a row, decrypted.
    pub(crate) fn decrypt(&self, stored: &StoredKey) -> Result<KeyPair, Error> {
        let (alg, context) = (stored.alg, stored.kid.context(stored.alg));
        let text = stored.sealed.as_ref().map_or("", SealedKey::as_text);
        let opened = match Form::parse(text) {
            Some(Form::Direct(text)) => {
                let read = |pkcs8: &[u8]| KeyPair::from_pkcs8(alg, pkcs8);
                self.file.open(&context, text, read)
            }
            Some(Form::File(envelope)) => envelope::open(&envelope, alg, &context, &*self.file)?,
            None => None,
        };
        opened.ok_or_else(|| Error::WrongKeyEncryptionKey(stored.kid.clone()))
    }
}

#[cfg(test)]
mod tests;
