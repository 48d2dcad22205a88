//! The tokens of one answer.

use doorward_oauth2_types::SigningAlg;
use jiff::Timestamp;
use serde::Serialize;

use super::{AccessToken, IdToken, Issuer, KeyId, SigningError, SigningKey};

/// The access token of an answer.
pub(crate) enum AccompanyingToken {
    /// To be signed here.
    Jwt(AccessToken),
    /// Made elsewhere; here only hashed into the ID token.
    Opaque(String),
}

/// The tokens to sign. No `Debug`: an opaque token is a secret.
pub(crate) struct TokenRequest {
    pub(crate) access_token: Option<AccompanyingToken>,
    pub(crate) id_token: Option<IdToken>,
}

/// The signed tokens. No `Debug`: tokens are secrets.
pub(crate) struct SignedTokens {
    pub(crate) access_token: Option<SignedToken>,
    pub(crate) id_token: Option<SignedToken>,
}

/// One of them.
pub(crate) struct SignedToken {
    pub(crate) text: String,
    /// The key that signed it.
    pub(crate) kid: KeyId,
}

impl SignedToken {
    fn new(key: &SigningKey, typ: &str, claims: &impl Serialize) -> Result<Self, SigningError> {
        Ok(Self {
            text: key.sign(typ, claims)?,
            kid: key.kid().clone(),
        })
    }
}

impl TokenRequest {
    /// Signs all tokens in the name of one issuer, at one instant; each with the key that `key_of` has for its
    /// algorithm.
    pub(crate) fn sign<'a, E: From<SigningError>>(
        &self,
        key_of: impl Fn(SigningAlg) -> Result<&'a SigningKey, E>,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<SignedTokens, E> {
        let access_token = match &self.access_token {
            Some(AccompanyingToken::Jwt(token)) => {
                let (key, typ) = (key_of(token.alg)?, token.dialect.typ());
                Some(SignedToken::new(key, typ, &token.claims(issuer, now))?)
            }
            _ => None,
        };
        let accompanying = match &self.access_token {
            Some(AccompanyingToken::Opaque(token)) => Some(token.as_str()),
            _ => access_token.as_ref().map(|token| token.text.as_str()),
        };
        let id_token = match &self.id_token {
            Some(token) => {
                let claims = token.claims(issuer, now, accompanying);
                Some(SignedToken::new(key_of(token.alg)?, IdToken::TYP, &claims)?)
            }
            None => None,
        };
        Ok(SignedTokens {
            access_token,
            id_token,
        })
    }
}
