//! Where private keys are kept: in the database, each encrypted with a data key that a key-encryption key wraps, or in
//! a PKCS#11 token.

pub(crate) mod envelope;
mod form;

use std::sync::Arc;

use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::KeyEncryptionKey;
use jiff::Timestamp;

use crate::Error;
use crate::config::Pkcs11Config;
use crate::domain::{
    Certificate, KeyId, KeyPair, KeyState, SealedKey, SigningError, SigningKey, StoredKey,
};
use crate::pkcs11::{Token, TokenError, TokenKeyEncryptionKey, TokenObject};
use form::Form;

/// How often a token may try to make a key.
const ATTEMPTS: usize = 3;

/// Makes private keys, opens those of the store, and destroys those that are not needed any more. Its calls block where
/// there is a token.
#[derive(Debug, Clone)]
pub struct Custody {
    file: Option<Arc<KeyEncryptionKey>>,
    token: Option<Arc<Token>>,
    /// Where new keys are made, if there is a token.
    new_in_token: bool,
}

impl Custody {
    /// Keys are encrypted by a key from a file.
    #[must_use]
    pub fn file(key: KeyEncryptionKey) -> Self {
        Self {
            file: Some(Arc::new(key)),
            token: None,
            new_in_token: false,
        }
    }

    /// Connects to the token as well. `mark` names the database.
    pub(crate) fn connect(
        file: Option<KeyEncryptionKey>,
        config: Pkcs11Config,
        mark: &str,
    ) -> Result<Self, Error> {
        let new_in_token = config.new_keys;
        if !new_in_token && file.is_none() {
            return Err(Error::NoPlaceForKeys);
        }
        let token = Token::connect(config, mark)?;
        Ok(Self {
            new_in_token,
            ..Self::with_token(file, token)
        })
    }

    /// New keys are made in the token.
    pub(crate) fn with_token(file: Option<KeyEncryptionKey>, token: Token) -> Self {
        Self {
            file: file.map(Arc::new),
            token: Some(Arc::new(token)),
            new_in_token: true,
        }
    }

    /// How many signatures the token makes at the same time, if there is one. A signature blocks its thread.
    pub(crate) fn token_sessions(&self) -> Option<usize> {
        self.token.as_ref().map(|token| token.sessions())
    }

    /// Makes a next key. An RSA key takes a good part of a second. `common_name` is for its certificate.
    ///
    /// A token that fails gets more attempts, each with another id, for it may keep what it has made. `SoftHSM` fails
    /// now and then while another session looks for objects.
    pub(crate) fn make(
        &self,
        alg: SigningAlg,
        common_name: &str,
        now: Timestamp,
    ) -> Result<StoredKey, Error> {
        for _ in 1..ATTEMPTS {
            match self.make_once(alg, common_name, now) {
                Err(Error::Token(TokenError::Call(error))) => {
                    tracing::warn!(%error, "the PKCS#11 token has not made a key, trying again");
                }
                done => return done,
            }
        }
        self.make_once(alg, common_name, now)
    }

    fn make_once(
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
        let context = kid.context(alg);
        let generate = || KeyPair::generate(alg).map_err(SigningError::from);
        match self.token.as_ref().filter(|_| self.new_in_token) {
            Some(token) if token.can_sign(alg) => {
                let certificate = token.make((kid, alg), common_name, now)?;
                Ok((Form::InToken.to_string(), certificate))
            }
            Some(token) if token.can_wrap() => {
                let (pair, key) = (generate()?, TokenKeyEncryptionKey::any(Arc::clone(token))?);
                let envelope = envelope::seal(&pair, &context, &key)?;
                let text = Form::Wrapped(key.id(), envelope.as_ref()).to_string();
                Ok((text, pair.certificate(common_name, now)?))
            }
            Some(_) => Err(TokenError::Unsupported(alg).into()),
            None => {
                let key = self.file.as_deref().ok_or(Error::NoPlaceForKeys)?;
                let pair = generate()?;
                let envelope = envelope::seal(&pair, &context, key)?;
                let text = Form::File(envelope.as_ref()).to_string();
                Ok((text, pair.certificate(common_name, now)?))
            }
        }
    }

    /// The private key of a row, ready to sign. Whether a key in the token is there shows when it signs.
    pub(crate) fn open(&self, stored: &StoredKey) -> Result<SigningKey, Error> {
        let (kid, alg) = (stored.kid.clone(), stored.alg);
        Ok(match form(stored) {
            Some(Form::InToken) => SigningKey::new(kid, alg, self.token_of(stored)?.key(stored)),
            _ => SigningKey::new(kid, alg, self.decrypt(stored)?),
        })
    }

    /// Fails if a row has no private key, or one that does not open.
    pub(crate) fn check(&self, stored: &StoredKey) -> Result<(), Error> {
        match form(stored) {
            Some(Form::InToken) => Ok(self.token_of(stored)?.key(stored).check()?),
            _ => self.decrypt(stored).map(drop),
        }
    }

    /// The private key of a row, decrypted.
    pub(crate) fn decrypt(&self, stored: &StoredKey) -> Result<KeyPair, Error> {
        let (alg, context) = (stored.alg, stored.kid.context(stored.alg));
        let opened = match form(stored) {
            Some(Form::Direct(text)) => {
                let read = |pkcs8: &[u8]| KeyPair::from_pkcs8(alg, pkcs8);
                self.file_of(stored)?.open(&context, text, read)
            }
            Some(Form::File(envelope)) => {
                envelope::open(envelope, alg, &context, self.file_of(stored)?)?
            }
            Some(Form::Wrapped(id, envelope)) => {
                let token = Arc::clone(self.token_of(stored)?);
                let key = TokenKeyEncryptionKey::with_id(token, id);
                envelope::open(envelope, alg, &context, &key)?
            }
            Some(Form::InToken) | None => None,
        };
        opened.ok_or_else(|| Error::WrongKeyEncryptionKey(stored.kid.clone()))
    }

    fn file_of(&self, stored: &StoredKey) -> Result<&KeyEncryptionKey, Error> {
        let missing = || Error::NoKeyEncryptionKey(stored.kid.clone());
        self.file.as_deref().ok_or_else(missing)
    }

    fn token_of(&self, stored: &StoredKey) -> Result<&Arc<Token>, Error> {
        let missing = || Error::NoToken(stored.kid.clone());
        self.token.as_ref().ok_or_else(missing)
    }

    /// Lets the next call see all that is in the token.
    pub(crate) fn renew(&self) {
        if let Some(token) = &self.token {
            token.renew();
        }
    }

    /// The private keys of this database in the token.
    pub(crate) fn objects(&self) -> Result<Vec<TokenObject>, Error> {
        match &self.token {
            Some(token) => Ok(token.objects()?),
            None => Ok(Vec::new()),
        }
    }

    /// Destroys the private keys of rows that were not written.
    pub(crate) fn discard(&self, made: &[StoredKey]) -> Result<(), Error> {
        let in_token = made.iter().filter(|made| form(made) == Some(Form::InToken));
        self.destroy(&in_token.map(TokenObject::of).collect::<Vec<_>>())
    }

    /// Destroys private keys in the token.
    pub(crate) fn destroy(&self, objects: &[TokenObject]) -> Result<(), Error> {
        match &self.token {
            Some(token) => Ok(objects
                .iter()
                .try_for_each(|object| token.destroy(object))?),
            None => Ok(()),
        }
    }
}

fn form(stored: &StoredKey) -> Option<Form<'_>> {
    stored
        .sealed
        .as_ref()
        .and_then(|sealed| Form::parse(sealed.as_text()))
}

#[cfg(test)]
mod tests;
