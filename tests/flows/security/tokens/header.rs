//! Headers that name the key of an attacker, which has signed the token.

use std::io::ErrorKind;
use std::net::TcpListener;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};

use super::super::fixture::on_server;
use super::{Owner, parts, signed};

/// An RSA key that is not ours.
pub(super) struct Attacker {
    pair: RsaKeyPair,
    /// A certificate that the key has signed itself, as DER.
    certificate: Vec<u8>,
    /// The public half as DER.
    pub(super) public_key: Vec<u8>,
}

impl Attacker {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap();
        Self {
            pair: RsaKeyPair::from_pkcs8(key.serialized_der()).unwrap(),
            certificate: certificate.der().to_vec(),
            public_key: key.public_key_raw().to_vec(),
        }
    }

    pub(super) fn sign(&self, header: &Value, payload: &str) -> String {
        signed(&header.to_string(), payload, |message| {
            let mut signature = vec![0; self.pair.public_modulus_len()];
            let random = SystemRandom::new();
            let result = self
                .pair
                .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
            result.unwrap();
            signature
        })
    }

    fn jwk(&self, kid: &str) -> Value {
        // RSAPublicKey, RFC 8017 §A.1.1, ends with a modulus of 256 bytes and an exponent of 5.
        let (n, e) = self.public_key[self.public_key.len() - 261..].split_at(256);
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": kid,
            "n": BASE64_URL_SAFE_NO_PAD.encode(n),
            "e": BASE64_URL_SAFE_NO_PAD.encode(&e[2..]),
        })
    }

    /// The members of a header that lead to this key, by themselves or at an address.
    fn leads(&self, kid: &str, address: &str) -> Vec<Value> {
        let jwk = self.jwk(kid);
        let certificate = BASE64_STANDARD.encode(&self.certificate);
        let mut leads = vec![
            json!({ "jwk": jwk }),
            json!({ "x5c": [certificate] }),
            json!({ "jwk": jwk, "x5c": [certificate] }),
        ];
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{address}/keys");
            leads.extend([
                json!({ "jku": url }),
                json!({ "x5u": url }),
                json!({ "jku": url, "x5u": url, "jwk": jwk, "x5c": [certificate], "crit": ["jku"] }),
            ]);
        }
        leads.push(json!({ "jku": "file:///etc/passwd", "x5u": "file:///etc/passwd" }));
        leads
    }
}

#[tokio::test]
async fn sec_159_a_key_in_the_header() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    on_server(async |deployment| {
        let owner = Owner::new(deployment).await;
        let attacker = Attacker::new();
        owner
            .assert_refused(|token| {
                let (header, payload, _) = parts(token);
                let ours = header["kid"].as_str().unwrap();
                let mut forged = Vec::new();
                for kid in [Some(ours), Some("attacker"), None] {
                    for lead in attacker.leads(kid.unwrap_or_default(), &address) {
                        let header = with_members(&header, kid, lead);
                        forged.push(attacker.sign(&header, payload));
                    }
                }
                forged
            })
            .await;
        owner.assert_genuine().await;
    })
    .await;
    listener.set_nonblocking(true).unwrap();
    let fetched = listener.accept().unwrap_err();
    assert_eq!(fetched.kind(), ErrorKind::WouldBlock, "nothing is fetched");
}

fn with_members(header: &Value, kid: Option<&str>, members: Value) -> Value {
    let mut header = header.as_object().unwrap().clone();
    header.remove("kid");
    header.extend(kid.map(|kid| ("kid".to_owned(), kid.into())));
    let Value::Object(members) = members else {
        panic!("{members} is an object")
    };
    header.extend(members);
    header.into()
}
