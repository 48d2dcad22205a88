//! REL-31: the current key is revoked under load.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Replica, on};
use doorward_proto::token_signing::v1::ReplaceCurrentKeyRequest;
use doorward_proto::token_signing::v1::signing_key_service_client::SigningKeyServiceClient;

use super::{REPLICAS, channel, kid_of, published, sign, sign_in, silent, start, until};

/// Browsers at each frontend.
const BROWSERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_31_a_revoked_key_signs_no_more() {
    let deployment = start("").await;
    on(&deployment, async |deployment| {
        let agents = sign_in(deployment).await;
        let first = channel(deployment, Replica::First);
        let compromised = sign(&first).await.unwrap();
        let stop = AtomicBool::new(false);
        let answers = Mutex::new(Vec::new());
        let load = (0..2 * BROWSERS).map(|number| ask(&agents[number % 2], &stop, &answers));
        let emergency = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let kid = Some(compromised.clone());
            let mut service = SigningKeyServiceClient::new(first.clone());
            let request = ReplaceCurrentKeyRequest { kid, alg: None };
            service.replace_current_key(request).await.unwrap();
            let answered = Instant::now();
            for replica in REPLICAS {
                let channel = channel(deployment, replica);
                let gone = async || !published(&channel).await.contains(&compromised);
                until("the key leaves the JWKS of token-signing", gone).await;
            }
            for agent in &agents {
                let gone = async || !is_published(agent, &compromised).await;
                until("the key leaves the JWKS of a frontend", gone).await;
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
            stop.store(true, Ordering::Relaxed);
            answered
        };
        let (_, answered) = tokio::join!(futures::future::join_all(load), emergency);
        let answers = answers.into_inner().unwrap();
        let late = |began: Instant| began > answered + Duration::from_secs(1);
        let (mut before, mut after) = (0, 0);
        for (began, answer) in answers {
            let kid = answer.expect("no request fails");
            assert!(
                kid != compromised || !late(began),
                "signed with a revoked key"
            );
            before += usize::from(kid == compromised);
            after += usize::from(kid != compromised);
        }
        println!("{before} answers of the revoked key, {after} of the new one");
        assert!(before > 0 && after > 0);
    })
    .await;
}

type Answer = (Instant, Result<String, String>);

/// Asks for tokens until `stop`, and keeps the kid of each answer.
async fn ask(agent: &Agent, stop: &AtomicBool, answers: &Mutex<Vec<Answer>>) {
    while !stop.load(Ordering::Relaxed) {
        let began = Instant::now();
        let tokens = silent(agent).await;
        let kid = tokens.map(|[access_token, _]| kid_of(&access_token));
        answers.lock().unwrap().push((began, kid));
    }
}

async fn is_published(agent: &Agent, kid: &str) -> bool {
    let jwks = agent.get("/.well-known/jwks.json").await.json();
    let keys = jwks["keys"].as_array().unwrap();
    keys.iter().any(|key| key["kid"] == kid)
}
