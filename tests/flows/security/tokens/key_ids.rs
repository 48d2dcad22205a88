//! `kid` names one of our keys, and nothing else: no file, no row, no address.

use std::io::Write;

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::super::fixture::on_server;
use super::header::Attacker;
use super::{Owner, parts, signed};

/// The content of a file whose path is the `kid`, and the answer of a query that the `kid` ends.
const SECRET: &str = "a secret that the attacker knows";

#[tokio::test]
async fn sec_160_a_kid_that_leads_elsewhere() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(SECRET.as_bytes()).unwrap();
    let attacker = Attacker::new();
    let mut key = tempfile::NamedTempFile::new().unwrap();
    key.write_all(&attacker.public_key).unwrap();
    let [file, key] = [&file, &key].map(|file| file.path().to_str().unwrap());
    let kids = kids(file, key);
    on_server(async |deployment| {
        let owner = Owner::new(deployment).await;
        owner
            .assert_refused(|token| {
                let forged = kids.iter().map(|kid| forge(token, kid, &attacker));
                forged.flatten().collect()
            })
            .await;
        owner.assert_genuine().await;
    })
    .await;
}

fn kids(file: &str, key: &str) -> Vec<Value> {
    let mut kids: Vec<_> = [
        file.to_owned(),
        key.to_owned(),
        format!("file://{file}"),
        format!("../../../../../../../..{file}"),
        format!("..\\..\\..\\..{}", file.replace('/', "\\")),
        format!("{file}\0.pem"),
        "/dev/null".to_owned(),
        "../../../../../../../../dev/null".to_owned(),
        ".".to_owned(),
        "|cat /etc/passwd".to_owned(),
        format!("' UNION SELECT '{SECRET}"),
        format!("x' UNION SELECT '{SECRET}' -- "),
        "' OR '1'='1".to_owned(),
        "\"; DROP TABLE signing_keys; --".to_owned(),
        "*".to_owned(),
        "%".to_owned(),
        "unknown".to_owned(),
        "\u{202e}\u{0}é".to_owned(),
        "k".repeat(10 * 1024),
        String::new(),
    ]
    .map(Value::from)
    .into();
    kids.extend([Value::Null, json!(0), json!(["kid"]), json!({ "kid": 1 })]);
    kids
}

/// Signatures by the secret, by an empty one (of an empty file or row), and by a key of the attacker; then no `kid` at
/// all.
fn forge(token: &str, kid: &Value, attacker: &Attacker) -> Vec<String> {
    let (mut header, payload, signature) = parts(token);
    header["kid"] = kid.clone();
    let mut forged = vec![
        attacker.sign(&header, payload),
        signed(&header.to_string(), payload, |_| signature.into()),
    ];
    header["alg"] = "HS256".into();
    for secret in [SECRET, ""] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        forged.push(signed(&header.to_string(), payload, |message| {
            hmac::sign(&key, message).as_ref().to_vec()
        }));
    }
    header["alg"] = "RS256".into();
    header.as_object_mut().unwrap().remove("kid");
    forged.push(attacker.sign(&header, payload));
    forged
}
