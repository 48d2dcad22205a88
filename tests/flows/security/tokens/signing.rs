//! The key that a token names, while keys change and while unknown ones are named.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_e2e::{API, Agent, Deployment, Embedded, Outcome, Request, Separate, on, run};
use serde_json::{Value, json};

use super::super::fixture::on_own_replicas;
use super::{Owner, assert_no_access_token, parts, signed, userinfo};

const ROTATIONS: usize = 4;

/// Keys are revoked while tokens are signed: each token verifies with the key that it names.
#[tokio::test]
async fn sec_167_the_kid_names_the_key_that_has_signed() {
    let count = crate::number("TOKENS", 300);
    let deployment = Deployment::Embedded(Embedded::start().await);
    on(&deployment, async |deployment| {
        let agent = Agent::new(deployment);
        let user = deployment.add_user();
        agent.sign_in(&Request::new("token"), &user).await;
        let (mut tokens, mut keys) = (Vec::new(), BTreeMap::new());
        for _ in 0..ROTATIONS {
            // At least one token of each key. The frontend publishes it before it hands out the token.
            tokens.extend(sign(&agent, 2).await);
            keys.extend(published(&agent).await);
            let (replaced, meanwhile) = tokio::join!(
                replace_current_key(deployment),
                sign(&agent, count / ROTATIONS)
            );
            replaced.assert_success();
            tokens.extend(meanwhile);
        }
        tokens.extend(sign(&agent, 2).await);
        keys.extend(published(&agent).await);

        assert!(tokens.len() >= count, "{}", tokens.len());
        let signers: BTreeSet<_> = tokens.iter().map(|token| verified(token, &keys)).collect();
        assert_eq!(signers.len(), ROTATIONS + 1, "{signers:?}");
    })
    .await;
}

/// At least this many tokens of both kinds.
async fn sign(agent: &Agent, count: usize) -> Vec<String> {
    let request = Request::silent("id_token token").with("audience", API);
    let mut tokens = Vec::new();
    while tokens.len() < count {
        let answer = agent.authorize(&request).await.callback();
        tokens.extend(["access_token", "id_token"].map(|name| answer.get(name).to_owned()));
    }
    tokens
}

/// The keys of the JWKS by `kid`.
async fn published(agent: &Agent) -> BTreeMap<String, Value> {
    let keys = agent.get("/.well-known/jwks.json").await.json();
    let keys = keys["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["kid"].as_str().unwrap().to_owned(), key.clone()))
        .collect()
}

/// Runs the command without holding up the requests.
async fn replace_current_key(deployment: &Deployment) -> Outcome {
    let place = deployment.command_line().split_off(1);
    let arguments = ["keys", "emergency-rotate", "--json"].map(str::to_owned);
    let arguments = [arguments.into(), place].concat();
    let command = move || run("doorward", &arguments, "");
    tokio::task::spawn_blocking(command).await.unwrap()
}

/// Checks the signature with the key that the token names, and returns its `kid`.
#[track_caller]
fn verified(token: &str, keys: &BTreeMap<String, Value>) -> String {
    let kid = parts(token).0["kid"].as_str().unwrap().to_owned();
    let number = |name: &str| {
        let text = keys[&kid][name].as_str().unwrap();
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    };
    let key = RsaPublicKeyComponents {
        n: number("n"),
        e: number("e"),
    };
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let algorithm = &RSA_PKCS1_2048_8192_SHA256;
    let verified = key.verify(algorithm, message.as_bytes(), &signature);
    assert!(verified.is_ok(), "{kid} has not signed {token}");
    kid
}

/// A frontend reads the keys every few seconds, however many tokens name one that it does not have.
#[tokio::test]
async fn sec_170_unknown_keys_are_not_fetched() {
    on_own_replicas(async |deployment, processes| {
        let owner = Owner::new(deployment).await;
        let requests: u16 = 300;
        let before = calls(processes).await;
        for number in 0..requests {
            let (mut header, payload, signature) = parts(&owner.access_token);
            header["kid"] = json!(format!("{}{number}", doorward_service_kit::hex()));
            let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
            let token = signed(&header.to_string(), payload, |_| signature.clone());
            assert_no_access_token(&owner.agent, &token).await;
        }
        let more = calls(processes).await - before;
        assert!(
            more < f64::from(requests) / 2.0,
            "{more} calls for {requests} requests"
        );
        let page = userinfo(&owner.agent, &owner.access_token).await;
        assert_eq!(page.status, 200, "{page:?}");
    })
    .await;
}

/// How often the first `token-signing` was asked for its keys.
async fn calls(processes: &Separate) -> f64 {
    let method = "doorward.token_signing.v1.TokenSigningService/GetJwks";
    let labels = format!("{{method=\"{method}\",code=\"OK\"}}");
    let metric = format!("doorward_grpc_call_seconds_count{labels}");
    let calls = processes.metric("token-signing", &metric).await;
    assert!(calls > 0.0, "{metric} is counted");
    calls
}
