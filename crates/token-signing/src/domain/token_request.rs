//! The tokens of one answer.

use jiff::Timestamp;

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
    pub(crate) access_token: Option<String>,
    pub(crate) id_token: Option<String>,
    pub(crate) kid: KeyId,
}

impl TokenRequest {
    /// Signs all tokens with one key, in the name of one issuer, at one instant.
    pub(crate) fn sign(
        &self,
        key: &SigningKey,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<SignedTokens, SigningError> {
        let signed = match &self.access_token {
            Some(AccompanyingToken::Jwt(token)) => {
                Some(key.sign(token.dialect.typ(), &token.claims(issuer, now))?)
            }
            _ => None,
        };
        let accompanying = match &self.access_token {
            Some(AccompanyingToken::Opaque(token)) => Some(token.as_str()),
            _ => signed.as_deref(),
        };
        let id_token = self
            .id_token
            .as_ref()
            .map(|token| key.sign(IdToken::TYP, &token.claims(issuer, now, accompanying)))
            .transpose()?;
        Ok(SignedTokens {
            access_token: signed,
            id_token,
            kid: key.kid().clone(),
        })
    }
}
