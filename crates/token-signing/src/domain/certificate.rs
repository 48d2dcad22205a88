//! The certificate of a signing key, which is also its public half.

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use doorward_service_kit::certificate_pem;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DistinguishedName, DnType};
use x509_parser::parse_x509_certificate;
use x509_parser::public_key::PublicKey as Subject;
use x509_parser::time::ASN1Time;

use super::{KeyId, PublicKey};

/// Auth0's certificates live as long.
const LIFETIME: SignedDuration = SignedDuration::from_hours(5000 * 24);
/// How far the clock of a verifier may be behind.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// A certificate that its own RSA key has signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    common_name: String,
    /// Modulus and exponent, big-endian without leading zero bytes.
    public_key: (Vec<u8>, Vec<u8>),
}

/// A certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The library refused.
    #[error("the certificate of a signing key cannot be made")]
    Library(#[from] rcgen::Error),
    /// The clock, or what the library has made.
    #[error(
        "the certificate of a signing key is not readable, or the clock of this machine is wrong"
    )]
    Unreadable,
}

impl Certificate {
    /// Makes the certificate of a key. `common_name` is for people only: the host of the issuer.
    pub(super) fn make(
        key: &impl rcgen::SigningKey,
        common_name: &str,
        now: Timestamp,
    ) -> Result<Self, CertificateError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        let time = |at: Timestamp| {
            let time = ASN1Time::from_timestamp(at.as_second()).map(|time| time.to_datetime());
            time.map_err(|_| CertificateError::Unreadable)
        };
        params.not_before = time(now - SKEW)?;
        params.not_after = time(now + LIFETIME)?;
        let der = params.self_signed(key)?.der().to_vec();
        Self::parse(der).ok_or(CertificateError::Unreadable)
    }

    /// Reads a certificate of an RSA key; `None` for anything else.
    #[must_use]
    pub fn parse(der: Vec<u8>) -> Option<Self> {
        let (_, read) = parse_x509_certificate(&der).ok()?;
        let Subject::RSA(rsa) = read.public_key().parsed().ok()? else {
            return None;
        };
        let public_key = (without_zeros(rsa.modulus), without_zeros(rsa.exponent));
        let name = read.subject().iter_common_name().next();
        let common_name = name.and_then(|name| name.as_str().ok()).unwrap_or_default();
        Some(Self {
            common_name: common_name.to_owned(),
            public_key,
            der,
        })
    }

    /// Reads [`Self::to_base64`].
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::parse(BASE64_STANDARD.decode(text).ok()?)
    }

    /// The certificate as in `x5c`, RFC 7517 §4.7: base64 of its DER form.
    #[must_use]
    pub fn to_base64(&self) -> String {
        BASE64_STANDARD.encode(&self.der)
    }

    /// The certificate as PEM text, RFC 7468 §5.
    #[must_use]
    pub fn to_pem(&self) -> String {
        certificate_pem(&self.to_base64())
    }

    /// SHA-1 of the DER form: names the certificate, and protects nothing.
    #[must_use]
    pub fn thumbprint(&self) -> [u8; 20] {
        let mut thumbprint = [0; 20];
        thumbprint.copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der).as_ref());
        thumbprint
    }

    /// The name in the certificate.
    #[must_use]
    pub fn common_name(&self) -> &str {
        &self.common_name
    }

    /// The public key with everything that the JWKS says of it.
    #[must_use]
    pub fn public_key(&self, kid: KeyId) -> PublicKey {
        let (n, e) = &self.public_key;
        PublicKey {
            kid,
            n: BASE64_URL_SAFE_NO_PAD.encode(n),
            e: BASE64_URL_SAFE_NO_PAD.encode(e),
            x5c: self.to_base64(),
            x5t: BASE64_URL_SAFE_NO_PAD.encode(self.thumbprint()),
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate of {}", self.common_name)
    }
}

fn without_zeros(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number[zeros..].to_vec()
}

#[cfg(test)]
mod tests;
