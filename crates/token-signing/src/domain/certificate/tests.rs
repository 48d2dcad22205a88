use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use doorward_oauth2_types::SigningAlg;

use super::super::KeyPair;
use super::*;

fn now() -> Timestamp {
    Timestamp::constant(1_767_323_045, 0)
}

#[test]
fn it_says_what_auth0s_say() {
    let key = KeyPair::generate(SigningAlg::Rs256).unwrap();
    let certificate = key.certificate("login.example.com", now()).unwrap();
    let (rest, read) = parse_x509_certificate(&certificate.der).unwrap();
    assert!(rest.is_empty());
    let name = read.subject().to_string();
    assert_eq!(name, "CN=login.example.com");
    assert_eq!(read.issuer().to_string(), name);
    let validity = read.validity();
    let begin = validity.not_before.timestamp();
    assert_eq!(begin, now().as_second() - 3600);
    assert_eq!(
        validity.not_after.timestamp() - now().as_second(),
        5000 * 86400
    );
    let algorithm = read.signature_algorithm.algorithm.to_id_string();
    assert_eq!(
        algorithm, "1.2.840.113549.1.1.11",
        "sha256WithRSAEncryption"
    );
}

#[test]
fn its_own_key_has_signed_it() {
    for alg in SigningAlg::ALL {
        let key = KeyPair::generate(*alg).unwrap();
        let certificate = key.certificate("a", now()).unwrap();
        let (_, read) = parse_x509_certificate(&certificate.der).unwrap();
        let spki = &read.public_key().subject_public_key.data;
        let algorithm: &'static dyn VerificationAlgorithm = match alg {
            SigningAlg::Es256 => &ECDSA_P256_SHA256_ASN1,
            SigningAlg::EdDsa => &ED25519,
            _ => &RSA_PKCS1_2048_8192_SHA256,
        };
        UnparsedPublicKey::new(algorithm, spki)
            .verify(read.tbs_certificate.as_ref(), &read.signature_value.data)
            .unwrap();
    }
}

/// SEC-166.
#[test]
fn the_public_half_of_other_keys() {
    let half = |alg| {
        let key = KeyPair::generate(alg).unwrap();
        let certificate = key.certificate("a", now()).unwrap();
        certificate.public_half().clone()
    };
    // 32 bytes each, zeros included.
    assert!(
        matches!(half(SigningAlg::Es256), PublicHalf::P256 { x, y } if x.len() == 43 && y.len() == 43)
    );
    assert!(matches!(half(SigningAlg::EdDsa), PublicHalf::Ed25519 { x } if x.len() == 43));
    for alg in [SigningAlg::Ps256, SigningAlg::Rs512] {
        assert!(matches!(half(alg), PublicHalf::Rsa { .. }));
    }
}

/// SEC-166: 2048 bits, exponent 65537, no leading zero; `x5t` is what RFC 7517 §4.8 says.
#[test]
fn the_public_half_is_what_sdks_expect() {
    let key = KeyPair::generate(SigningAlg::Rs256).unwrap();
    let certificate = key.certificate("a", now()).unwrap();
    let PublicHalf::Rsa { n, e } = certificate.public_half() else {
        panic!("an RSA key");
    };
    assert_eq!(e, "AQAB");
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(n).unwrap();
    assert_eq!(modulus.len(), 256);
    assert!(modulus[0] >= 0x80, "2048 bits without a leading zero");
    assert_eq!(
        BASE64_STANDARD.decode(certificate.to_base64()).unwrap(),
        certificate.der
    );
}

#[test]
fn it_survives_the_store_and_nothing_else_is_one() {
    let key = KeyPair::generate(SigningAlg::Rs256).unwrap();
    let certificate = key.certificate("login.example.com", now()).unwrap();
    let text = certificate.to_base64();
    let read = Certificate::from_base64(&text).unwrap();
    assert_eq!(read, certificate);
    assert_eq!(read.common_name(), "login.example.com");
    for bad in ["", "AAAA", "not base64", &text[..text.len() - 8]] {
        assert_eq!(Certificate::from_base64(bad), None, "{bad}");
    }
}

#[test]
fn pem_has_lines_of_64() {
    let key = KeyPair::generate(SigningAlg::Rs256).unwrap();
    let certificate = key.certificate("a", now()).unwrap();
    let pem = certificate.to_pem();
    let lines: Vec<_> = pem.lines().collect();
    assert_eq!(lines[0], "-----BEGIN CERTIFICATE-----");
    assert_eq!(lines[lines.len() - 1], "-----END CERTIFICATE-----");
    let body = &lines[1..lines.len() - 1];
    assert!(body[..body.len() - 1].iter().all(|line| line.len() == 64));
    assert_eq!(body.concat(), certificate.to_base64());
}
