//! Tokens without a signature, and with one that our public key can make.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::super::fixture::on_server;
use super::{Owner, parts, signed};

#[tokio::test]
async fn sec_157_unsigned() {
    on_server(async |deployment| {
        let owner = Owner::new(deployment).await;
        owner.assert_refused(unsigned).await;
        owner.assert_genuine().await;
    })
    .await;
}

fn unsigned(token: &str) -> Vec<String> {
    let (header, payload, signature) = parts(token);
    let with_alg = |alg: Value| {
        let mut header = header.clone();
        header["alg"] = alg;
        header.to_string()
    };
    let mut headers: Vec<_> = [
        "none", "None", "NONE", "nOnE", "none ", " none", "none\0", "", "null", "NULL",
    ]
    .map(|alg| with_alg(json!(alg)))
    .into();
    headers.extend([
        with_alg(Value::Null),
        with_alg(json!(["none"])),
        with_alg(json!(["RS256", "none"])),
        with_alg(json!({ "alg": "none" })),
        with_alg(json!(0)),
        with_alg(json!(false)),
    ]);
    let mut without = header.clone();
    without.as_object_mut().unwrap().remove("alg");
    headers.push(without.to_string());
    // Of two members with one name, readers differ on which counts.
    let genuine = header.to_string();
    headers.push(genuine.replacen('{', "{\"alg\":\"none\",", 1));
    headers.push(genuine.replacen('}', ",\"alg\":\"none\"}", 1));

    let mut forged = Vec::new();
    for header in headers {
        let header = BASE64_URL_SAFE_NO_PAD.encode(header);
        forged.push(format!("{header}.{payload}."));
        forged.push(format!("{header}.{payload}"));
        forged.push(format!("{header}.{payload}.{signature}"));
        forged.push(format!("{header}.{payload}.AA"));
    }
    let header = BASE64_URL_SAFE_NO_PAD.encode(&genuine);
    forged.push(format!("{header}.{payload}."));
    forged.push(format!(
        "{header}.{payload}.{}",
        "A".repeat(signature.len())
    ));
    forged.push(format!(".{payload}.{signature}"));
    forged.push(format!(".{payload}."));
    forged
}

#[tokio::test]
async fn sec_158_with_our_public_key_as_secret() {
    on_server(async |deployment| {
        let owner = Owner::new(deployment).await;
        let keys = owner.agent.get("/.well-known/jwks.json").await.json();
        let (header, ..) = parts(&owner.access_token);
        let mut published = keys["keys"].as_array().unwrap().iter();
        let key = published.find(|key| key["kid"] == header["kid"]);
        let secrets = secrets(key.unwrap());
        owner
            .assert_refused(|token| {
                let made = secrets.iter().map(|secret| with_secret(token, secret));
                made.flatten().collect()
            })
            .await;
        owner.assert_genuine().await;
    })
    .await;
}

/// The token again, signed by each algorithm with a shared secret.
fn with_secret(token: &str, secret: &[u8]) -> Vec<String> {
    let (mut header, payload, _) = parts(token);
    let algorithms = [
        ("HS256", hmac::HMAC_SHA256),
        ("HS384", hmac::HMAC_SHA384),
        ("HS512", hmac::HMAC_SHA512),
    ];
    let made = algorithms.map(|(alg, hash)| {
        header["alg"] = alg.into();
        let key = hmac::Key::new(hash, secret);
        signed(&header.to_string(), payload, |message| {
            hmac::sign(&key, message).as_ref().to_vec()
        })
    });
    made.into()
}

/// The `SubjectPublicKeyInfo` (RFC 5280 §4.1) of an RSA key of 2048 bits, up to its `RSAPublicKey`.
const SPKI: [u8; 24] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00,
];
/// The `RSAPublicKey` (RFC 8017 §A.1.1) of such a key, up to its modulus; and after it, for the usual exponent.
const RSA: [u8; 9] = [0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00];
const EXPONENT: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];

/// The forms of our public key that a library could take for a secret.
fn secrets(key: &Value) -> Vec<Vec<u8>> {
    let modulus_text = key["n"].as_str().unwrap();
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(modulus_text).unwrap();
    let rsa = [&RSA, modulus.as_slice(), &EXPONENT].concat();
    let spki = [&SPKI, rsa.as_slice()].concat();
    let certificate_text = key["x5c"][0].as_str().unwrap();
    let certificate = BASE64_STANDARD.decode(certificate_text).unwrap();
    assert!(certificate.windows(spki.len()).any(|part| part == spki));
    let mut secrets = vec![
        modulus_text.into(),
        modulus,
        key.to_string().into(),
        json!({ "kty": "RSA", "n": key["n"], "e": key["e"] })
            .to_string()
            .into(),
        certificate_text.into(),
        key["kid"].as_str().unwrap().into(),
        Vec::new(),
    ];
    for (label, der) in [
        ("CERTIFICATE", certificate),
        ("PUBLIC KEY", spki),
        ("RSA PUBLIC KEY", rsa),
    ] {
        let pem = pem(label, &der);
        secrets.extend([pem.trim_end().into(), pem.into(), der]);
    }
    secrets
}

/// Text as in RFC 7468 §2, with a line end after it.
fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.collect();
    let lines = lines.join("\n");
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}
