//! A key that signs.

use std::fmt;

use aws_lc_rs::error::Unspecified;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::{KeyEncryptionKey, SealError};
use jiff::Timestamp;
use jsonwebtoken::Header;
use serde::Serialize;

use super::key_pair::{KeyPair, header_algorithm};
use super::{Certificate, CertificateError, PublicHalf, SealedKey};

/// The `kid` of a key: 21 characters of base64url. Says nothing about the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyId(String);

impl KeyId {
    const LENGTH: usize = 21;

    /// A new id. It does not begin with a hyphen, so that it cannot be taken for an option of a command.
    fn generate() -> Self {
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
    /// The claims cannot be written as JSON.
    #[error("the claims cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// A key pair that signs with one algorithm (RFC 8725 §3.1). It is held ready to use: `jsonwebtoken::encode` would read
/// the key anew for every token, which costs more than the signature.
pub struct SigningKey {
    kid: KeyId,
    alg: SigningAlg,
    pair: KeyPair,
}

impl SigningKey {
    /// A new key. An RSA key takes a good part of a second.
    pub fn generate(alg: SigningAlg) -> Result<Self, SigningError> {
        Ok(Self {
            kid: KeyId::generate(),
            alg,
            pair: KeyPair::generate(alg)?,
        })
    }

    /// Encrypts the key for the store.
    pub fn seal(&self, key: &KeyEncryptionKey) -> Result<SealedKey, SigningError> {
        let context = context(&self.kid, self.alg);
        let text = self.pair.with_pkcs8(|pkcs8| key.seal(&context, pkcs8))??;
        Ok(SealedKey::new(self.kid.clone(), text))
    }

    /// Decrypts a key from the store; `None` when it was encrypted with another key, or for another algorithm.
    #[must_use]
    pub fn open(sealed: &SealedKey, alg: SigningAlg, key: &KeyEncryptionKey) -> Option<Self> {
        let kid = sealed.kid().clone();
        let pair = key.open(&context(&kid, alg), sealed.as_text(), |pkcs8| {
            KeyPair::from_pkcs8(alg, pkcs8)
        })?;
        Some(Self { kid, alg, pair })
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

    /// Makes a certificate of the key, signed by itself. `common_name` is for people only: the host of the issuer.
    pub fn certificate(
        &self,
        common_name: &str,
        now: Timestamp,
    ) -> Result<Certificate, CertificateError> {
        Certificate::make(self, common_name, now)
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
        let signature = self.pair.sign(token.as_bytes())?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

/// The id and the algorithm that a key is sealed for, so that no row can replace another, and no key sign with another
/// algorithm. RS256 is left out: keys of earlier versions have no algorithm.
fn context(kid: &KeyId, alg: SigningAlg) -> String {
    match alg {
        SigningAlg::Rs256 => kid.to_string(),
        alg => format!("{kid} {alg}"),
    }
}

/// For the certificate.
impl rcgen::PublicKeyData for SigningKey {
    fn der_bytes(&self) -> &[u8] {
        self.pair.public_key()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        self.pair.certificate_algorithm()
    }
}

/// For the certificate.
impl rcgen::SigningKey for SigningKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.pair
            .sign_certificate(message)
            .map_err(|_| rcgen::Error::RemoteKeyError)
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
