//! The mechanisms that each algorithm needs, and the forms of its keys and signatures.

use aws_lc_rs::digest::{SHA256, digest};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;
use doorward_oauth2_types::SigningAlg;

use super::TokenError;
use super::connection::Connection;

const RSA_BITS: u64 = 2048;
/// 65,537.
const RSA_EXPONENT: [u8; 3] = [1, 0, 1];
/// Length of the salt of PS256, RFC 7518 §3.5.
const PSS_SALT: u64 = 32;
/// The object identifier of P-256, in DER.
const P256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
/// The object identifier of Ed25519, RFC 8410 §3, in DER.
const ED25519: [u8; 5] = [6, 3, 0x2b, 0x65, 0x70];

/// All mechanisms of a token.
#[derive(Debug)]
pub(super) struct Mechanisms(Vec<MechanismType>);

impl Mechanisms {
    pub(super) fn of(connection: &Connection) -> Result<Self, TokenError> {
        Ok(Self(connection.mechanisms()?))
    }

    /// Whether the token makes keys for an algorithm, and signs with them.
    pub(super) fn can_sign(&self, alg: SigningAlg) -> bool {
        let needed = [
            generation(alg).mechanism_type(),
            signing(alg).mechanism_type(),
        ];
        needed.iter().all(|needed| self.0.contains(needed))
    }

    /// Whether the token encrypts with AES keys of its own.
    pub(super) fn can_wrap(&self) -> bool {
        [MechanismType::AES_KEY_GEN, MechanismType::AES_GCM]
            .iter()
            .all(|needed| self.0.contains(needed))
    }

    /// Removes the one of `EdDSA`.
    #[cfg(test)]
    pub(super) fn forget_eddsa(&mut self) {
        self.0
            .retain(|mechanism| *mechanism != MechanismType::EDDSA);
    }
}

fn generation(alg: SigningAlg) -> Mechanism<'static> {
    match alg {
        SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => Mechanism::RsaPkcsKeyPairGen,
        SigningAlg::Es256 => Mechanism::EccKeyPairGen,
        SigningAlg::EdDsa => Mechanism::EccEdwardsKeyPairGen,
    }
}

fn signing(alg: SigningAlg) -> Mechanism<'static> {
    match alg {
        SigningAlg::Rs256 => Mechanism::Sha256RsaPkcs,
        SigningAlg::Rs512 => Mechanism::Sha512RsaPkcs,
        SigningAlg::Ps256 => Mechanism::Sha256RsaPkcsPss(PkcsPssParams {
            hash_alg: MechanismType::SHA256,
            mgf: PkcsMgfType::MGF1_SHA256,
            s_len: PSS_SALT.into(),
        }),
        SigningAlg::Es256 => Mechanism::Ecdsa,
        SigningAlg::EdDsa => Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519)),
    }
}

/// Generates a key pair: its public half, which is gone with the session, and its private one.
pub(super) fn generate(
    session: &Session,
    alg: SigningAlg,
    private: &[Attribute],
) -> Result<(ObjectHandle, ObjectHandle), TokenError> {
    let mut public = vec![Attribute::Token(false), Attribute::Verify(true)];
    match alg {
        SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => {
            public.push(Attribute::ModulusBits(RSA_BITS.into()));
            public.push(Attribute::PublicExponent(RSA_EXPONENT.into()));
        }
        SigningAlg::Es256 => public.push(Attribute::EcParams(P256.into())),
        SigningAlg::EdDsa => public.push(Attribute::EcParams(ED25519.into())),
    }
    Ok(session.generate_key_pair(&generation(alg), &public, private)?)
}

/// The public half as a certificate has it.
pub(super) fn public_key(
    session: &Session,
    alg: SigningAlg,
    handle: ObjectHandle,
) -> Result<Vec<u8>, TokenError> {
    let missing = || TokenError::PublicKey(alg);
    match alg {
        // RFC 8017, appendix A.1.1.
        SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => {
            let modulus = session.get_attributes(handle, &[AttributeType::Modulus])?;
            let [Attribute::Modulus(modulus)] = &*modulus else {
                return Err(missing());
            };
            Ok(yasna::construct_der(|writer| {
                writer.write_sequence(|writer| {
                    writer.next().write_bigint_bytes(modulus, true);
                    writer.next().write_bigint_bytes(&RSA_EXPONENT, true);
                });
            }))
        }
        // PKCS #11 wraps the point in an OCTET STRING.
        SigningAlg::Es256 | SigningAlg::EdDsa => {
            let point = session.get_attributes(handle, &[AttributeType::EcPoint])?;
            let [Attribute::EcPoint(point)] = &*point else {
                return Err(missing());
            };
            match &**point {
                [4, length, point @ ..] if usize::from(*length) == point.len() => {
                    Ok(point.to_vec())
                }
                _ => Err(missing()),
            }
        }
    }
}

/// The signature of a token, as its algorithm writes it.
pub(super) fn sign(
    session: &Session,
    alg: SigningAlg,
    key: ObjectHandle,
    message: &[u8],
) -> Result<Vec<u8>, TokenError> {
    let hash;
    let message = match alg {
        // Few tokens hash for ECDSA by themselves.
        SigningAlg::Es256 => {
            hash = digest(&SHA256, message);
            hash.as_ref()
        }
        _ => message,
    };
    Ok(session.sign(&signing(alg), key, message)?)
}

/// The signature of a certificate. Those of RSA keys all have the same algorithm: few programs read certificates with
/// RSASSA-PSS.
pub(super) fn sign_certificate(
    session: &Session,
    alg: SigningAlg,
    key: ObjectHandle,
    message: &[u8],
) -> Result<Vec<u8>, TokenError> {
    match alg {
        SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => {
            sign(session, SigningAlg::Rs256, key, message)
        }
        // RFC 3279 §2.2.3.
        SigningAlg::Es256 => {
            let signature = sign(session, alg, key, message)?;
            let (r, s) = signature.split_at(signature.len() / 2);
            Ok(yasna::construct_der(|writer| {
                writer.write_sequence(|writer| {
                    writer.next().write_bigint_bytes(r, true);
                    writer.next().write_bigint_bytes(s, true);
                });
            }))
        }
        SigningAlg::EdDsa => sign(session, alg, key, message),
    }
}

/// The algorithm of [`sign_certificate`].
pub(super) fn certificate_algorithm(alg: SigningAlg) -> &'static rcgen::SignatureAlgorithm {
    match alg {
        SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => &rcgen::PKCS_RSA_SHA256,
        SigningAlg::Es256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        SigningAlg::EdDsa => &rcgen::PKCS_ED25519,
    }
}
