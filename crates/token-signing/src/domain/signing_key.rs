//! A key that signs.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_service_kit::{KeyEncryptionKey, SealError};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;

use super::{Certificate, CertificateError, SealedKey};

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

/// The public key, RFC 7518 §6.3.1; numbers in base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Names the key in the header of its tokens.
    pub kid: KeyId,
    /// Modulus.
    pub n: String,
    /// Exponent.
    pub e: String,
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

/// An RSA key pair of 2048 bits that signs with RS256. It is held ready to use: `jsonwebtoken::encode` would read the
/// key anew for every token, which costs more than the signature.
pub struct SigningKey {
    kid: KeyId,
    pair: RsaKeyPair,
}

impl SigningKey {
    /// The only algorithm, by its name in RFC 7518 §3.1.
    pub const ALG: &str = "RS256";

    /// A new key; takes a good part of a second.
    pub fn generate() -> Result<Self, SigningError> {
        Ok(Self {
            kid: KeyId::generate(),
            pair: RsaKeyPair::generate(KeySize::Rsa2048)?,
        })
    }

    /// Encrypts the key for the store.
    pub fn seal(&self, key: &KeyEncryptionKey) -> Result<SealedKey, SigningError> {
        let pkcs8: Pkcs8V1Der<'_> = self.pair.as_der()?;
        let text = key.seal(self.kid.as_str(), pkcs8.as_ref())?;
        Ok(SealedKey::new(self.kid.clone(), text))
    }

    /// Decrypts a key from the store; nothing when it was encrypted with another key.
    #[must_use]
    pub fn open(sealed: &SealedKey, key: &KeyEncryptionKey) -> Option<Self> {
        let kid = sealed.kid().clone();
        let pair = key.open(kid.as_str(), sealed.as_text(), |pkcs8| {
            RsaKeyPair::from_pkcs8(pkcs8).ok()
        })?;
        Some(Self { kid, pair })
    }

    /// The id of the key.
    #[must_use]
    pub fn kid(&self) -> &KeyId {
        &self.kid
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
            ..Header::new(Algorithm::RS256)
        };
        let mut token = format!("{}.{}", encode(&header)?, encode(claims)?);
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 §3.3.
    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
        Ok(signature)
    }
}

/// For the certificate.
impl rcgen::PublicKeyData for SigningKey {
    fn der_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

/// For the certificate.
impl rcgen::SigningKey for SigningKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.signature(message)
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
