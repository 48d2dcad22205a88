//! Key pairs of each algorithm, held ready to sign.

use aws_lc_rs::digest::{self, SHA256, SHA512};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use doorward_oauth2_types::SigningAlg;
use jiff::Timestamp;
use jsonwebtoken::Algorithm;

use super::{Certificate, CertificateError, PrivateKey, SigningError};

/// The algorithm as the header of a token names it.
pub(super) fn header_algorithm(alg: SigningAlg) -> Algorithm {
    match alg {
        SigningAlg::Rs256 => Algorithm::RS256,
        SigningAlg::Ps256 => Algorithm::PS256,
        SigningAlg::Rs512 => Algorithm::RS512,
        SigningAlg::Es256 => Algorithm::ES256,
        SigningAlg::EdDsa => Algorithm::EdDSA,
    }
}

/// The hash of `at_hash`, OpenID Connect Core §3.1.3.6: that of the algorithm. Ed25519 hashes with SHA-512 (RFC 8032
/// §5.1).
pub(super) fn hash(alg: SigningAlg) -> &'static digest::Algorithm {
    match alg {
        SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Es256 => &SHA256,
        SigningAlg::Rs512 | SigningAlg::EdDsa => &SHA512,
    }
}

/// A key pair in memory, which signs with one algorithm.
pub(crate) enum KeyPair {
    /// 2048 bits.
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl KeyPair {
    /// A new key pair. An RSA key takes a good part of a second.
    pub(crate) fn generate(alg: SigningAlg) -> Result<Self, Unspecified> {
        Ok(match alg {
            SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => {
                Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?, encoding(alg))
            }
            SigningAlg::Es256 => {
                Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?)
            }
            SigningAlg::EdDsa => Self::Ed25519(Ed25519KeyPair::generate()?),
        })
    }

    /// Reads the form of [`Self::with_pkcs8`].
    pub(crate) fn from_pkcs8(alg: SigningAlg, pkcs8: &[u8]) -> Option<Self> {
        Some(match alg {
            SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => {
                Self::Rsa(RsaKeyPair::from_pkcs8(pkcs8).ok()?, encoding(alg))
            }
            SigningAlg::Es256 => {
                Self::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).ok()?)
            }
            // Version 1 has no public half, which `from_pkcs8` would compare.
            SigningAlg::EdDsa => {
                Self::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok()?)
            }
        })
    }

    /// Passes the key on in PKCS#8 form (RFC 5958), which is wiped afterwards.
    pub(crate) fn with_pkcs8<T>(&self, read: impl FnOnce(&[u8]) -> T) -> Result<T, Unspecified> {
        match self {
            Self::Rsa(pair, _) => {
                let pkcs8: Pkcs8V1Der<'_> = pair.as_der()?;
                Ok(read(pkcs8.as_ref()))
            }
            Self::P256(pair) => Ok(read(pair.to_pkcs8v1()?.as_ref())),
            Self::Ed25519(pair) => Ok(read(pair.to_pkcs8v1()?.as_ref())),
        }
    }

    /// Makes a certificate of the key, signed by itself. `common_name` is for people only: the host of the issuer.
    pub(crate) fn certificate(
        &self,
        common_name: &str,
        now: Timestamp,
    ) -> Result<Certificate, CertificateError> {
        Certificate::make(self, common_name, now)
    }

    /// The signature of a certificate by its own key.
    fn sign_certificate(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        match self {
            Self::Rsa(pair, _) => sign_rsa(pair, &RSA_PKCS1_SHA256, message),
            Self::P256(_) => self.with_pkcs8(|pkcs8| {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8)?;
                let signature = pair.sign(&SystemRandom::new(), message)?;
                Ok(signature.as_ref().to_vec())
            })?,
            Self::Ed25519(pair) => Ok(pair.try_sign(message)?.as_ref().to_vec()),
        }
    }
}

impl PrivateKey for KeyPair {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        Ok(match self {
            Self::Rsa(pair, encoding) => sign_rsa(pair, *encoding, message)?,
            Self::P256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message)?;
                signature.as_ref().to_vec()
            }
            Self::Ed25519(pair) => pair.try_sign(message)?.as_ref().to_vec(),
        })
    }
}

/// For the certificate.
impl rcgen::PublicKeyData for KeyPair {
    fn der_bytes(&self) -> &[u8] {
        match self {
            Self::Rsa(pair, _) => pair.public_key().as_ref(),
            Self::P256(pair) => pair.public_key().as_ref(),
            Self::Ed25519(pair) => pair.public_key().as_ref(),
        }
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        // All RSA keys have the same one: few programs read certificates with RSASSA-PSS.
        match self {
            Self::Rsa(..) => &rcgen::PKCS_RSA_SHA256,
            Self::P256(_) => &rcgen::PKCS_ECDSA_P256_SHA256,
            Self::Ed25519(_) => &rcgen::PKCS_ED25519,
        }
    }
}

/// For the certificate.
impl rcgen::SigningKey for KeyPair {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.sign_certificate(message)
            .map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

fn encoding(alg: SigningAlg) -> &'static dyn RsaEncoding {
    match alg {
        SigningAlg::Ps256 => &RSA_PSS_SHA256,
        SigningAlg::Rs512 => &RSA_PKCS1_SHA512,
        _ => &RSA_PKCS1_SHA256,
    }
}

fn sign_rsa(
    pair: &RsaKeyPair,
    encoding: &'static dyn RsaEncoding,
    message: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut signature)?;
    Ok(signature)
}
