//! Group J: a token says one algorithm, and its key is for another.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::*;

/// A header (JSON) and a payload (base64url), signed.
fn signed(header: &Value, payload: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!(
        "{}.{payload}",
        BASE64_URL_SAFE_NO_PAD.encode(header.to_string())
    );
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// The forms of a public key that a library could take for a secret.
fn secrets(key: &Value) -> Vec<Vec<u8>> {
    let certificate = key["x5c"][0].as_str().unwrap();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
    let mut secrets = vec![
        Vec::new(),
        key.to_string().into_bytes(),
        key["kid"].as_str().unwrap().into(),
        certificate.into(),
        pem.into(),
        BASE64_STANDARD.decode(certificate).unwrap(),
    ];
    let mut point = vec![4];
    for name in ["n", "x", "y"] {
        if let Some(text) = key[name].as_str() {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
            point.extend(&bytes);
            secrets.extend([text.into(), bytes]);
        }
    }
    secrets.push(point);
    secrets
}

/// Tokens made of a genuine one, without its private key: signed with our public key as a secret, and with the names of
/// other algorithms and other keys of ours.
fn forge(token: &str, keys: &[Value]) -> Vec<String> {
    let parts: Vec<_> = token.split('.').collect();
    let (payload, signature) = (parts[1], parts[2]);
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let genuine = header(token);
    let key = keys.iter().find(|key| key["kid"] == genuine["kid"]);
    let mut forged = Vec::new();
    for secret in secrets(key.unwrap()) {
        for (alg, hash) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            let mut header = genuine.clone();
            header["alg"] = alg.into();
            let secret = hmac::Key::new(hash, &secret);
            forged.push(signed(&header, payload, |message| {
                hmac::sign(&secret, message).as_ref().to_vec()
            }));
        }
    }
    let unsigned = [
        "none", "None", "RS384", "PS384", "PS512", "ES384", "Ed25519",
    ];
    for alg in ALGS.into_iter().chain(unsigned) {
        for key in keys {
            let mut header = genuine.clone();
            (header["alg"], header["kid"]) = (alg.into(), key["kid"].clone());
            if header != genuine {
                forged.push(signed(&header, payload, |_| signature.clone()));
                forged.push(signed(&header, payload, |_| Vec::new()));
            }
        }
    }
    // Signatures that break rules of their own: of another length, all zeros (CVE-2022-21449), and in the form of DER.
    for signature in [
        vec![0; signature.len()],
        signature[1..].to_vec(),
        [&signature[..], &[0]].concat(),
        [
            &[0x30, 68, 2, 32],
            &signature[..32],
            &[2, 32],
            &signature[32..],
        ]
        .concat(),
    ] {
        forged.push(signed(&genuine, payload, |_| signature.clone()));
    }
    forged
}

#[tokio::test]
async fn sec_158_the_algorithm_is_that_of_the_key() {
    on_embedded(async |deployment| {
        let (agent, _) = signed_in(deployment).await;
        let jwks = agent.get("/.well-known/jwks.json").await.json();
        let keys = jwks["keys"].as_array().unwrap();
        for alg in ALGS {
            let asked = silent(alg, "id_token token").with("audience", &api(alg, DIALECTS[0]));
            let answer = agent.authorize(&asked).await.callback();
            let access_token = answer.get("access_token");
            for forged in forge(access_token, keys) {
                let page = userinfo(&agent, &forged).await;
                assert_eq!(page.status, 401, "{forged}: {page:?}");
            }
            for forged in forge(answer.get("id_token"), keys) {
                let logout = agent.request(Method::POST, "/oidc/logout");
                let page = agent.send(logout.form(&[("id_token_hint", &forged)])).await;
                assert_eq!(page.status, 400, "{forged}: {page:?}");
            }
            let page = userinfo(&agent, access_token).await;
            assert_eq!(page.status, 200, "{page:?}");
        }
    })
    .await;
}
