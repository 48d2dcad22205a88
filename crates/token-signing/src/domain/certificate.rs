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
use x509_parser::oid_registry::{OID_EC_P256, OID_SIG_ED25519};
use x509_parser::parse_x509_certificate;
use x509_parser::public_key::PublicKey as Subject;
use x509_parser::time::ASN1Time;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Auth0's certificates live as long.
const LIFETIME: SignedDuration = SignedDuration::from_hours(5000 * 24);
/// How far the clock of a verifier may be behind.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// The public half of a key; numbers in base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicHalf {
    /// RFC 7518 §6.3.1.
    Rsa {
        /// Modulus.
        n: String,
        /// Exponent.
        e: String,
    },
    /// A point on the curve P-256, RFC 7518 §6.2.1.
    P256 {
        /// First coordinate.
        x: String,
        /// Second coordinate.
        y: String,
    },
    /// RFC 8037 §2.
    Ed25519 {
        /// The key.
        x: String,
    },
}

/// A certificate that its own key has signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    common_name: String,
    public_half: PublicHalf,
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
    pub(crate) fn make(
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

    /// Reads a certificate of an RSA, P-256 or Ed25519 key; `None` for anything else.
    #[must_use]
    pub fn parse(der: Vec<u8>) -> Option<Self> {
        let (_, read) = parse_x509_certificate(&der).ok()?;
        let public_half = public_half(read.public_key())?;
        let name = read.subject().iter_common_name().next();
        let common_name = name.and_then(|name| name.as_str().ok()).unwrap_or_default();
        Some(Self {
            common_name: common_name.to_owned(),
            public_half,
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

    /// The key that it is for.
    #[must_use]
    pub fn public_half(&self) -> &PublicHalf {
        &self.public_half
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate of {}", self.common_name)
    }
}

fn public_half(info: &SubjectPublicKeyInfo<'_>) -> Option<PublicHalf> {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    match info.parsed().ok()? {
        Subject::RSA(rsa) => Some(PublicHalf::Rsa {
            n: encode(without_zeros(rsa.modulus)),
            e: encode(without_zeros(rsa.exponent)),
        }),
        // An uncompressed point, SEC 1 §2.3.3.
        Subject::EC(point) if is_on_p256(info) => {
            let coordinates = point.data().strip_prefix(&[4])?;
            let (x, y) = coordinates.split_at_checked(coordinates.len() / 2)?;
            Some(PublicHalf::P256 {
                x: encode(x),
                y: encode(y),
            })
        }
        Subject::Unknown(key) if info.algorithm.algorithm == OID_SIG_ED25519 => {
            Some(PublicHalf::Ed25519 { x: encode(key) })
        }
        _ => None,
    }
}

fn is_on_p256(info: &SubjectPublicKeyInfo<'_>) -> bool {
    let curve = info.algorithm.parameters.as_ref();
    curve.and_then(|curve| curve.as_oid().ok()) == Some(OID_EC_P256)
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

#[cfg(test)]
mod tests;
