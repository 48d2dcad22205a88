//! Private keys in the token.

use std::sync::Arc;

use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;
use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::with_causes;

use super::object::private_key;
use super::{Token, TokenError, mechanism};
use crate::domain::{PrivateKey, SigningError};

/// A private key that signs tokens. It is looked for when it is used.
pub(crate) struct TokenKey {
    token: Arc<Token>,
    id: String,
    alg: SigningAlg,
}

impl TokenKey {
    pub(super) fn new(token: Arc<Token>, id: String, alg: SigningAlg) -> Self {
        Self { token, id, alg }
    }

    /// Looks for the key, so that a start without it fails.
    pub(crate) fn check(&self) -> Result<(), TokenError> {
        self.token.with_key(&self.id, |_, _| Ok(()))
    }
}

impl PrivateKey for TokenKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let sign = |session: &Session, key| mechanism::sign(session, self.alg, key, message);
        Ok(self.token.with_key(&self.id, sign)?)
    }
}

/// A private key that was just made, with its public half: for its certificate.
pub(super) struct NewKey<'a> {
    token: &'a Token,
    id: &'a str,
    alg: SigningAlg,
    public_key: Vec<u8>,
}

impl<'a> NewKey<'a> {
    /// Makes a private key that the token does not give away.
    pub(super) fn make(token: &'a Token, id: &'a str, alg: SigningAlg) -> Result<Self, TokenError> {
        let mut template = private_key(&token.label, id);
        template.extend([
            Attribute::Private(true),
            // mutant: token-key-readable (make)
            Attribute::Sensitive(true),
            // mutant: token-key-extractable (make)
            Attribute::Extractable(false),
            Attribute::Sign(true),
            Attribute::Decrypt(false),
            Attribute::Unwrap(false),
        ]);
        let public_key = token.connection.with(|session| {
            let session = session.session();
            let (public, private) = mechanism::generate(session, alg, &template)?;
            let public_key = mechanism::public_key(session, alg, public)?;
            session.destroy_object(public)?;
            if is_readable(session, private)? {
                session.destroy_object(private)?;
                return Err(TokenError::Readable);
            }
            Ok(public_key)
        })?;
        Ok(Self {
            token,
            id,
            alg,
            public_key,
        })
    }
}

/// Whether the token would give the key away, whatever it was asked to do.
pub(super) fn is_readable(session: &Session, key: ObjectHandle) -> Result<bool, TokenError> {
    let asked = [AttributeType::Sensitive, AttributeType::Extractable];
    let attributes = session.get_attributes(key, &asked)?;
    let hidden = [Attribute::Sensitive(true), Attribute::Extractable(false)];
    // mutant: token-key-readable (check), token-key-extractable (check)
    Ok(attributes != hidden)
}

impl rcgen::PublicKeyData for NewKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public_key
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        mechanism::certificate_algorithm(self.alg)
    }
}

impl rcgen::SigningKey for NewKey<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let sign =
            |session: &Session, key| mechanism::sign_certificate(session, self.alg, key, message);
        self.token.with_key(self.id, sign).map_err(|error| {
            // The library has no place for a cause.
            let error = with_causes(&error);
            tracing::error!(error, "the PKCS#11 token does not sign a certificate");
            rcgen::Error::RemoteKeyError
        })
    }
}
