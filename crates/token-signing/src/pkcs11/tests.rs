//! Keys in a real token.

mod life;
mod outage;
mod secrets;
mod settings;

use std::sync::Arc;

use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::KeyEncryptionKey;
use doorward_test_support::softhsm::SoftHsm;
use jiff::{SignedDuration, Timestamp};

use super::testing::{config, with_token};
use super::*;
use crate::custody::Custody;
use crate::domain::KeyState;

const MARK: &str = "database";
const NOW: Timestamp = Timestamp::constant(1_767_323_045, 123_000_000);

fn token(softhsm: &SoftHsm) -> Arc<Token> {
    Arc::new(Token::connect(config(softhsm), MARK).unwrap())
}

fn custody(softhsm: &SoftHsm) -> Custody {
    Custody::connect(None, config(softhsm), MARK).unwrap()
}

fn make(custody: &Custody, alg: SigningAlg) -> StoredKey {
    custody.make(alg, "login.example.com", NOW).unwrap()
}

fn text(stored: &StoredKey) -> &str {
    stored.sealed.as_ref().unwrap().as_text()
}

fn sign(custody: &Custody, stored: &StoredKey) -> Result<String, crate::Error> {
    let claims = serde_json::json!({"sub": "alice"});
    Ok(custody.open(stored)?.sign("JWT", &claims)?)
}

/// Whether `jsonwebtoken` accepts a token as one of this key.
fn accepts(stored: &StoredKey, token: &str) -> bool {
    use crate::domain::PublicHalf;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    let public = stored.certificate.as_ref().unwrap().public_half();
    let key = match public {
        PublicHalf::Rsa { n, e } => DecodingKey::from_rsa_components(n, e),
        PublicHalf::P256 { x, y } => DecodingKey::from_ec_components(x, y),
        PublicHalf::Ed25519 { x } => DecodingKey::from_ed_components(x),
    };
    let alg: Algorithm = stored.alg.as_str().parse().unwrap();
    let mut validation = Validation::new(alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    jsonwebtoken::decode::<serde_json::Value>(token, &key.unwrap(), &validation).is_ok()
}

#[test]
fn each_algorithm_signs_in_the_token() {
    with_token(|softhsm| {
        let custody = custody(softhsm);
        let made = SigningAlg::ALL.iter().map(|alg| make(&custody, *alg));
        let made: Vec<_> = made.collect();
        for stored in &made {
            assert_eq!(text(stored), "2.pkcs11");
            custody.check(stored).unwrap();
            let token = sign(&custody, stored).unwrap();
            let accepting: Vec<_> = made.iter().filter(|key| accepts(key, &token)).collect();
            assert_eq!(accepting, [stored]);
        }
    });
}

/// The certificate is the public half of the key, which has signed it.
#[test]
fn certificates_are_signed_in_the_token() {
    use aws_lc_rs::signature as verified;
    use base64::Engine;
    with_token(|softhsm| {
        let custody = custody(softhsm);
        for alg in SigningAlg::ALL {
            let certificate = make(&custody, *alg).certificate.unwrap();
            assert_eq!(certificate.common_name(), "login.example.com");
            let der = base64::prelude::BASE64_STANDARD.decode(certificate.to_base64());
            let der = der.unwrap();
            let (_, read) = x509_parser::parse_x509_certificate(&der).unwrap();
            let key = &read.public_key().subject_public_key.data;
            let algorithm: &'static dyn verified::VerificationAlgorithm = match alg {
                SigningAlg::Es256 => &verified::ECDSA_P256_SHA256_ASN1,
                SigningAlg::EdDsa => &verified::ED25519,
                _ => &verified::RSA_PKCS1_2048_8192_SHA256,
            };
            verified::UnparsedPublicKey::new(algorithm, key)
                .verify(read.tbs_certificate.as_ref(), &read.signature_value.data)
                .unwrap();
        }
    });
}

/// RFC 8725 §3.1: a row that was changed finds no key.
#[test]
fn a_key_signs_for_its_row_and_its_algorithm_only() {
    with_token(|softhsm| {
        let custody = custody(softhsm);
        let stored = make(&custody, SigningAlg::Rs256);
        let others = [
            StoredKey {
                alg: SigningAlg::Ps256,
                ..stored.clone()
            },
            StoredKey {
                kid: make(&custody, SigningAlg::Rs256).kid,
                created_at: NOW - SignedDuration::from_secs(1),
                ..stored.clone()
            },
        ];
        for other in others {
            let refused = sign(&custody, &other).unwrap_err();
            assert!(refused.to_string().contains("no private key"), "{refused}");
        }
        sign(&custody, &stored).unwrap();
    });
}

/// More threads than sessions.
#[test]
fn threads_wait_for_a_session() {
    with_token(|softhsm| {
        let custody = Custody::connect(
            None,
            Pkcs11Config {
                max_sessions: 2.try_into().unwrap(),
                ..config(softhsm)
            },
            MARK,
        )
        .unwrap();
        let stored = make(&custody, SigningAlg::Es256);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let token = sign(&custody, &stored).unwrap();
                        assert!(accepts(&stored, &token));
                    }
                });
            }
        });
    });
}

/// A token without `EdDSA`.
#[test]
fn what_the_token_cannot_do_is_encrypted_by_its_own_key() {
    with_token(|softhsm| {
        let poor = || {
            let mut token = Token::connect(config(softhsm), MARK).unwrap();
            token.mechanisms.forget_eddsa();
            Custody::with_token(None, token)
        };
        let (one, other) = (
            make(&poor(), SigningAlg::EdDsa),
            make(&poor(), SigningAlg::EdDsa),
        );
        let id = |stored: &StoredKey| text(stored).split('.').nth(2).unwrap().to_owned();
        assert!(text(&one).starts_with("2.pkcs11."));
        assert_eq!(id(&one), id(&other), "one key wraps both");
        let custody = poor();
        for stored in [&one, &other] {
            custody.check(stored).unwrap();
            assert!(accepts(stored, &sign(&custody, stored).unwrap()));
        }
        let swapped = StoredKey {
            sealed: other.sealed.clone(),
            ..one.clone()
        };
        custody.check(&swapped).unwrap_err();
        assert_eq!(
            make(&custody, SigningAlg::Es256).sealed.unwrap().as_text(),
            "2.pkcs11"
        );

        let elsewhere = Custody::connect(None, config(softhsm), "elsewhere").unwrap();
        let refused = elsewhere.check(&one).unwrap_err().to_string();
        assert!(refused.contains("no private key"), "{refused}");
    });
}
