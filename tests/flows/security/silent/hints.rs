//! `id_token_hint` names the expected user. It never signs a user in.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_e2e::{Agent, Callback, Deployment, Embedded, claims};
use jsonwebtoken::{EncodingKey, Header, decode_header, encode};
use serde_json::{Value, json};

use super::super::assertions::{assert_granted_at, assert_refused};
use super::super::fixture::{
    CALLBACK, TENANT, at_second, of_client, on_replicas, signed_in, signed_in_as, silent,
};

/// An ID token from the session of this browser.
async fn id_token(agent: &Agent) -> String {
    let answer = agent.authorize(&silent("id_token")).await.callback();
    answer.get("id_token").to_owned()
}

fn sub(answer: &Callback) -> Value {
    claims(answer.get("id_token"))["sub"].clone()
}

#[tokio::test]
async fn sec_093_of_another_user() {
    on_replicas(async |deployment| {
        let (of_alice, of_bob) = (signed_in(deployment).await, signed_in(deployment).await);
        let (alice, bob) = (id_token(&of_alice).await, id_token(&of_bob).await);
        for browser in [&of_alice, &at_second(deployment, &of_alice)] {
            let asked = silent("id_token").with("id_token_hint", &alice);
            let answer = assert_granted_at(&browser.authorize(&asked).await, CALLBACK);
            assert_eq!(sub(&answer), claims(&alice)["sub"]);
            let asked = silent("id_token").with("id_token_hint", &bob);
            assert_refused(&browser.authorize(&asked).await, &asked, "login_required");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_094_forged() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let own = id_token(&agent).await;
        let victim = id_token(&signed_in(deployment).await).await;
        let keys = agent.get("/.well-known/jwks.json").await.json();
        for forged in [forgeries(&own, &victim, &keys), from_elsewhere().await].concat() {
            let asked = silent("id_token").with("id_token_hint", &forged);
            for browser in [
                &agent,
                &at_second(deployment, &agent),
                &Agent::new(deployment),
            ] {
                let page = browser.authorize(&asked).await;
                assert_refused(&page, &asked, "invalid_request");
            }
        }
    })
    .await;
}

/// Tokens with the claims of the victim, forged without our private key.
fn forgeries(own: &str, victim: &str, keys: &Value) -> Vec<String> {
    let [header, payload, signature] = parts(victim);
    let [_, own_payload, own_signature] = parts(own);
    let kid = decode_header(victim).unwrap().kid;
    let unsigned = json!({ "alg": "none", "typ": "JWT", "kid": kid });
    let unsigned = BASE64_URL_SAFE_NO_PAD.encode(unsigned.to_string());
    let with_public_key = |secret: &[u8]| {
        let header = Header {
            kid: kid.clone(),
            ..Header::default()
        };
        encode(&header, &claims(victim), &EncodingKey::from_secret(secret)).unwrap()
    };
    let keys = keys["keys"].as_array().unwrap();
    let key = keys
        .iter()
        .find(|key| key["kid"].as_str() == kid.as_deref());
    let modulus = key.unwrap()["n"].as_str().unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(modulus).unwrap();
    vec![
        format!("{unsigned}.{payload}."),
        format!("{unsigned}.{payload}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{own_signature}"),
        format!("{header}.{own_payload}.{signature}"),
        format!("{header}.{payload}.{}", "A".repeat(signature.len())),
        with_public_key(modulus.as_bytes()),
        with_public_key(&bytes),
        "no.token.at-all".to_owned(),
    ]
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<_> = token.split('.').collect();
    parts.try_into().unwrap()
}

/// Genuine tokens for a client with the same id, from a deployment with other keys and from another issuer.
async fn from_elsewhere() -> Vec<String> {
    let mut hints = Vec::new();
    for elsewhere in [
        Embedded::start_secure_with(TENANT).await,
        Embedded::start_with(TENANT).await,
    ] {
        let elsewhere = Deployment::Embedded(elsewhere);
        hints.push(id_token(&signed_in(&elsewhere).await).await);
    }
    hints
}

/// An expired hint still names the expected user, and signs no user in.
#[tokio::test]
async fn sec_095_expired() {
    on_replicas(async |deployment| {
        let callback = "https://brief.example.test/cb";
        let brief = |hint: Option<&str>| {
            let asked = of_client("brief1", callback, "id_token").with("prompt", "none");
            match hint {
                Some(hint) => asked.with("id_token_hint", hint),
                None => asked,
            }
        };
        let (alice, bob) = (deployment.add_user(), deployment.add_user());
        let of_alice = signed_in_as(deployment, &alice).await;
        let of_bob = signed_in_as(deployment, &bob).await;
        let mut hints = Vec::new();
        for agent in [&of_alice, &of_bob] {
            let page = agent.authorize(&brief(None)).await;
            hints.push(
                assert_granted_at(&page, callback)
                    .get("id_token")
                    .to_owned(),
            );
        }
        wait_until_expired(deployment, &hints[1]).await;
        for browser in [&of_alice, &at_second(deployment, &of_alice)] {
            let page = browser.authorize(&brief(Some(&hints[0]))).await;
            let answer = assert_granted_at(&page, callback);
            assert_eq!(sub(&answer), claims(&hints[0])["sub"]);
            let other = brief(Some(&hints[1]));
            assert_refused(&browser.authorize(&other).await, &other, "login_required");
        }
        let alone = brief(Some(&hints[0]));
        let nobody = Agent::new(deployment);
        assert_refused(&nobody.authorize(&alone).await, &alone, "login_required");
    })
    .await;
}

/// Waits until the deployment issues a token that begins after this one ends.
async fn wait_until_expired(deployment: &Deployment, token: &str) {
    let agent = signed_in(deployment).await;
    let exp = claims(token)["exp"].as_i64();
    while claims(&id_token(&agent).await)["iat"].as_i64() <= exp {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
