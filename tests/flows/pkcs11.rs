//! Separate processes whose signing keys are in a PKCS#11 token, which two replicas share.

use std::fmt::Write;
use std::time::{Duration, Instant};

use doorward_e2e::{
    APPLICATION, Agent, Deployment, Keys, PATIENCE, Replica, Request, SECOND_TOKEN_SIGNING,
    Separate, claims, header, on,
};
use serde_json::Value;
use tokio::time::sleep;

const SIGNERS: [&str; 2] = ["token-signing", SECOND_TOKEN_SIGNING];

/// Runs a test with two replicas and a browser that is signed in.
async fn with_token(story: impl AsyncFnOnce(&Deployment, &Separate, &Agent)) {
    let deployment = Deployment::Separate(Separate::builder().keys_in_token().start().await);
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let answer = agent.sign_in(&Request::new("id_token token"), &user).await;
        let keys = Keys::fetch(deployment).await;
        let _claims = keys.verify(answer.get("id_token"), APPLICATION);
        story(deployment, separate, &agent).await;
    })
    .await;
}

/// A token by silent authentication, which verifies.
async fn token(deployment: &Deployment, agent: &Agent) -> String {
    let answer = agent.authorize(&Request::silent("id_token")).await;
    let token = answer.callback().get("id_token").to_owned();
    let keys = Keys::fetch(deployment).await;
    let _claims = keys.verify(&token, APPLICATION);
    token
}

/// A token as soon as there is one. Until then the only answer is `temporarily_unavailable`, never `login_required`.
async fn token_when_back(deployment: &Deployment, agent: &Agent) -> String {
    let begin = Instant::now();
    loop {
        let answer = agent.authorize(&Request::silent("id_token")).await;
        match answer.callback().find("error") {
            None => return token(deployment, agent).await,
            Some(error) => assert_eq!(error, "temporarily_unavailable"),
        }
        assert!(begin.elapsed() < PATIENCE, "nothing is signed");
        sleep(Duration::from_millis(100)).await;
    }
}

fn kid(token: &str) -> String {
    header(token)["kid"].as_str().unwrap().to_owned()
}

fn keys(deployment: &Deployment, arguments: &[&str]) -> Value {
    let arguments = [&["keys"], arguments, &["--json"]].concat();
    deployment.command(&arguments, "").json()
}

/// The ids of the keys in a state.
fn in_state(deployment: &Deployment, state: &str) -> Vec<String> {
    let listed = keys(deployment, &["list"]);
    let keys = listed.as_array().unwrap().iter();
    let keys = keys.filter(|key| key[state] == true);
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

/// Whether the token has the private key.
fn is_in_token(separate: &Separate, kid: &str) -> bool {
    let id = kid.bytes().fold(String::new(), |mut id, byte| {
        write!(id, "{byte:02x}").unwrap();
        id
    });
    separate.token().private_keys("doorward").contains(&id)
}

#[tokio::test]
async fn rotations_and_restarts_fail_no_request() {
    with_token(async |deployment, separate, agent| {
        let second = agent.at(Replica::Second, deployment);
        let before = kid(&token(deployment, agent).await);
        assert!(is_in_token(separate, &before));
        let rotated = keys(deployment, &["emergency-rotate", &before]);
        assert_eq!(rotated["revoked"]["kid"], *before);
        assert!(!is_in_token(separate, &before), "destroyed at once");
        let current = rotated["current"]["kid"].as_str().unwrap();
        for agent in [agent, &second] {
            assert_eq!(kid(&token(deployment, agent).await), current);
        }
        for name in SIGNERS {
            separate.kill(name);
        }
        for name in SIGNERS {
            separate.start_process(name);
        }
        for agent in [agent, &second] {
            let token = token_when_back(deployment, agent).await;
            assert_eq!(kid(&token), current);
            assert!(claims(&token)["sub"].is_string());
        }
    })
    .await;
}

/// Killed while it makes and destroys keys: afterwards one key signs, one comes next, and the token has both.
#[tokio::test]
async fn a_process_that_is_killed_in_a_rotation_leaves_whole_keys() {
    with_token(async |deployment, separate, agent| {
        for milliseconds in [0, 20, 60, 120, 200, 300, 450] {
            std::thread::scope(|scope| {
                let command = scope.spawn(|| deployment.command(&["keys", "emergency-rotate"], ""));
                std::thread::sleep(Duration::from_millis(milliseconds));
                separate.kill("token-signing");
                let _either = command.join().unwrap();
            });
            separate.start_process("token-signing");
            let token = token_when_back(deployment, agent).await;
            let [current, next] = ["current", "next"].map(|state| in_state(deployment, state));
            assert_eq!(current, [kid(&token)], "{milliseconds} ms");
            assert_eq!(next.len(), 1, "{milliseconds} ms");
            for kid in current.iter().chain(&next) {
                assert!(is_in_token(separate, kid), "{milliseconds} ms");
            }
        }
    })
    .await;
}

/// An outage of the token is not a sign-out, and ends without a restart.
#[tokio::test]
async fn without_the_token_nobody_is_signed_out() {
    with_token(async |deployment, separate, agent| {
        let before = kid(&token(deployment, agent).await);
        let tokens = separate.token().tokens();
        let away = tokens.with_extension("away");
        std::fs::rename(&tokens, &away).unwrap();
        for _ in 0..3 {
            let answer = agent.authorize(&Request::silent("id_token")).await;
            assert_eq!(answer.callback().get("error"), "temporarily_unavailable");
            let jwks = agent.get("/.well-known/jwks.json").await;
            assert_eq!(jwks.status, 200);
        }
        std::fs::rename(&away, &tokens).unwrap();
        let token = token_when_back(deployment, agent).await;
        assert_eq!(kid(&token), before);
    })
    .await;
}
