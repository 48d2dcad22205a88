//! The key-encryption key in the token: an AES key, for private keys that the token itself has no mechanism for.

use std::sync::Arc;

use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_STANDARD};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use doorward_service_kit::hex;
use zeroize::Zeroizing;

use super::key::is_readable;
use super::{Token, TokenError};
use crate::custody::envelope::{DataKey, WrapDataKeys};
use crate::domain::SigningError;

const KEY_LENGTH: u64 = 32;
const NONCE_LENGTH: usize = 12;
const TAG_BITS: u64 = 128;

/// An AES-256 key that never leaves the token.
#[derive(Debug)]
pub(crate) struct TokenKeyEncryptionKey {
    token: Arc<Token>,
    /// `CKA_ID`.
    id: String,
}

impl TokenKeyEncryptionKey {
    /// The key with this id.
    pub(crate) fn with_id(token: Arc<Token>, id: &str) -> Self {
        let id = id.to_owned();
        Self { token, id }
    }

    /// A key of this database. Makes it if there is none. Where two replicas have made one each, both stay: what is
    /// wrapped names its key.
    pub(crate) fn any(token: Arc<Token>) -> Result<Self, TokenError> {
        let template = secret_keys(&token.label);
        let id = token.connection.with(|session| {
            let session = session.session();
            let found = session.find_objects(&template)?.into_iter().next();
            let attributes = match found {
                Some(handle) => session.get_attributes(handle, &[AttributeType::Id])?,
                None => Vec::new(),
            };
            match &*attributes {
                [Attribute::Id(id)] => Ok(String::from_utf8_lossy(id).into_owned()),
                _ => make(session, template.clone()),
            }
        })?;
        Ok(Self { token, id })
    }

    /// Names the key in what it has wrapped.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    fn run(
        &self,
        work: impl Fn(&Session, ObjectHandle) -> Result<Vec<u8>, TokenError>,
    ) -> Result<Vec<u8>, TokenError> {
        let mut template = secret_keys(&self.token.label);
        template.push(Attribute::Id(self.id.as_str().into()));
        self.token
            .connection
            .with_retry(|session| work(session.session(), session.find(&self.id, &template)?))
    }
}

impl WrapDataKeys for TokenKeyEncryptionKey {
    fn wrap(&self, context: &str, data_key: &DataKey) -> Result<String, SigningError> {
        let mut nonce = [0; NONCE_LENGTH];
        rand::fill(&mut nonce)?;
        let ciphertext = self.run(|session, key| {
            let mut nonce = nonce;
            let mechanism = gcm(&mut nonce, context)?;
            Ok(session.encrypt(&mechanism, key, data_key.as_slice())?)
        })?;
        Ok(BASE64_STANDARD.encode([nonce.as_slice(), &ciphertext].concat()))
    }

    fn unwrap(&self, context: &str, wrapped: &str) -> Result<Option<DataKey>, SigningError> {
        let Ok(wrapped) = BASE64_STANDARD.decode(wrapped) else {
            return Ok(None);
        };
        let Some((nonce, ciphertext)) = wrapped.split_first_chunk::<NONCE_LENGTH>() else {
            return Ok(None);
        };
        let data_key = Zeroizing::new(self.run(|session, key| {
            let mut nonce = *nonce;
            let mechanism = gcm(&mut nonce, context)?;
            Ok(session.decrypt(&mechanism, key, ciphertext)?)
        })?);
        Ok(data_key.as_slice().try_into().ok().map(Zeroizing::new))
    }
}

fn gcm<'a>(
    nonce: &'a mut [u8; NONCE_LENGTH],
    context: &'a str,
) -> Result<Mechanism<'a>, TokenError> {
    let params = GcmParams::new(nonce, context.as_bytes(), TAG_BITS.into())?;
    Ok(Mechanism::AesGcm(params))
}

/// Attributes of all key-encryption keys of one database.
fn secret_keys(label: &str) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Label(label.into()),
    ]
}

/// Makes a key, and returns its id.
fn make(session: &Session, mut template: Vec<Attribute>) -> Result<String, TokenError> {
    let id = hex();
    template.extend([
        Attribute::Id(id.as_str().into()),
        Attribute::ValueLen(KEY_LENGTH.into()),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
    ]);
    // The mechanism says the class.
    template.remove(0);
    let key = session.generate_key(&Mechanism::AesKeyGen, &template)?;
    if is_readable(session, key)? {
        session.destroy_object(key)?;
        return Err(TokenError::Readable);
    }
    Ok(id)
}
