//! The server chooses the session token, makes a new one at every sign-in, and the old one is then invalid.

use std::time::Duration;

use doorward_e2e::{Agent, Callback, claims};

use super::super::assertions::{assert_session_dead, assert_session_good};
use super::super::fixture::{
    SESSION_COOKIE, on_server, request, signed_in_as, with_session_cookie,
};

fn session_cookie(agent: &Agent) -> String {
    agent.cookies()[SESSION_COOKIE].clone()
}

#[tokio::test]
async fn sec_076_a_new_id_with_a_new_sign_in() {
    on_server(async |deployment| {
        let (alice, bob) = (deployment.add_user(), deployment.add_user());
        // A forged value with the right shape.
        let planted = "A".repeat(32);
        let agent = with_session_cookie(deployment, &planted);
        assert_session_dead(&agent).await;
        agent.sign_in(&request("token"), &alice).await;
        let of_alice = session_cookie(&agent);
        assert_ne!(of_alice, planted);
        assert_session_dead(&with_session_cookie(deployment, &planted)).await;
        assert_session_good(&with_session_cookie(deployment, &of_alice)).await;

        // An issued value: the attacker's, or an earlier one of the user.
        let again = request("token").with("prompt", "login");
        agent.sign_in(&again, &bob).await;
        let of_bob = session_cookie(&agent);
        assert_ne!(of_bob, of_alice);
        assert_session_dead(&with_session_cookie(deployment, &of_alice)).await;
        assert_session_good(&with_session_cookie(deployment, &of_bob)).await;
    })
    .await;
}

#[tokio::test]
async fn sec_077_a_new_id_with_a_new_proof() {
    on_server(async |deployment| {
        for (name, value) in [("prompt", "login"), ("max_age", "1")] {
            let user = deployment.add_user();
            let agent = signed_in_as(deployment, &user).await;
            let before = agent.authorize(&request("id_token")).await.callback();
            let old = session_cookie(&agent);
            // `auth_time` counts in seconds.
            tokio::time::sleep(Duration::from_millis(2100)).await;

            let again = request("id_token").with(name, value);
            let after = agent.sign_in(&again, &user).await;
            assert_ne!(session_cookie(&agent), old, "{name}");
            assert_session_dead(&with_session_cookie(deployment, &old)).await;
            assert_session_good(&agent).await;
            assert!(auth_time(&after) > auth_time(&before), "{name}");
            let now = agent.authorize(&request("id_token")).await.callback();
            assert_eq!(auth_time(&now), auth_time(&after), "{name}");
        }
    })
    .await;
}

#[track_caller]
fn auth_time(answer: &Callback) -> u64 {
    claims(answer.get("id_token"))["auth_time"]
        .as_u64()
        .unwrap()
}
