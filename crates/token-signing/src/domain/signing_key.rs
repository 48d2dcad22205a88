//! A key that signs.

use std::fmt;

use aws_lc_rs::error::Unspecified;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::SealError;
use jsonwebtoken::Header;
use serde::Serialize;

use super::key_pair::header_algorithm;
use super::{PrivateKey, PublicHalf};
use crate::pkcs11::TokenError;

/// The `kid` of a key: 21 characters of base64url. Says nothing about the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyId(String);

impl KeyId {
    const LENGTH: usize = 21;

    /// A new id. It does not begin with a hyphen, so that it cannot be taken for an option of a command.
    pub(crate) fn generate() -> Self {
        loop {
            let mut id = doorward_service_kit::secret();
            id.truncate(Self::LENGTH);
            if !id.starts_with('-') {
                return Self(id);
            }
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Names a key together with its algorithm. What is kept for this name can stand for no other key, and signs with
    /// no other algorithm. RS256 is left out: keys of the first version have no algorithm.
    pub(crate) fn context(&self, alg: SigningAlg) -> String {
        match alg {
            SigningAlg::Rs256 => self.to_string(),
            alg => format!("{self} {alg}"),
        }
    }
}

impl From<String> for KeyId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A public key, RFC 7517 §4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Names the key in the header of its tokens.
    pub kid: KeyId,
    /// The only algorithm of its signatures.
    pub alg: SigningAlg,
    /// Whether it signs at present.
    pub is_current: bool,
    /// The key itself.
    pub half: PublicHalf,
    /// Certificate of the key: base64 of its DER form, RFC 7517 §4.7.
    pub x5c: String,
    /// SHA-1 of the certificate, RFC 7517 §4.8.
    pub x5t: String,
}

/// A token could not be signed, or a key not be made.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The cryptographic library failed. It gives no reason.
    #[error("the cryptographic library failed")]
    Crypto(#[from] Unspecified),
    /// The key could not be encrypted.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The token that has the key failed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The claims cannot be written as JSON.
    #[error("the claims cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// A key that signs with one algorithm (RFC 8725 §3.1). It is held ready to use: `jsonwebtoken::encode` would read the
/// key anew for every token, which costs more than the signature.
pub struct SigningKey {
    kid: KeyId,
    alg: SigningAlg,
    private: Box<dyn PrivateKey>,
}

impl SigningKey {
    pub(crate) fn new(kid: KeyId, alg: SigningAlg, private: impl PrivateKey + 'static) -> Self {
        let private = Box::new(private);
        Self { kid, alg, private }
    }

    /// The id of the key.
    #[must_use]
    pub fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// The algorithm of its signatures.
    #[must_use]
    pub fn alg(&self) -> SigningAlg {
        self.alg
    }

    /// A JWT in compact form, RFC 7515 §7.1.
    pub(crate) fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, SigningError> {
        let header = Header {
            typ: Some(typ.to_owned()),
            // mutant: kid-of-first-key
            kid: Some(self.kid.to_string()),
            ..Header::new(header_algorithm(self.alg))
        };
        let mut token = format!("{}.{}", encode(&header)?, encode(claims)?);
        let signature = self.private.sign(token.as_bytes())?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

fn encode(part: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(part)?))
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey {} [redacted]", self.kid)
    }
}

#[cfg(test)]
mod tests;
