//! Group J: the keys that sign tokens. Each test has a server of its own, whose keys it rotates.

mod token;

use std::time::{Duration, Instant};

use doorward_e2e::{
    API, Agent, Deployment, Embedded, Outcome, PATIENCE, Page, Request, claims, on,
};
use reqwest::Method;
use serde_json::Value;

/// A browser with a session at a server of its own.
struct Browser<'a> {
    deployment: &'a Deployment,
    agent: Agent,
}

impl Browser<'_> {
    async fn token(&self) -> String {
        let request = Request::silent("id_token token").with("audience", API);
        let answer = self.agent.authorize(&request).await.callback();
        answer.get("access_token").to_owned()
    }

    /// Waits for a token of the key that signs now.
    async fn token_of(&self, kid: &str) -> String {
        let begin = Instant::now();
        loop {
            let token = self.token().await;
            if kid_of(&token) == kid {
                return token;
            }
            assert!(begin.elapsed() < PATIENCE, "{kid} does not sign");
        }
    }

    async fn userinfo(&self, token: &str) -> Page {
        let request = self.agent.request(Method::GET, "/userinfo");
        self.agent.send(request.bearer_auth(token)).await
    }

    /// Waits until `/userinfo` answers a token with this status.
    async fn until_answered(&self, token: &str, status: u16) {
        let begin = Instant::now();
        while self.userinfo(token).await.status != status {
            assert!(begin.elapsed() < PATIENCE, "never {status}");
        }
    }

    async fn published(&self) -> Vec<String> {
        let jwks = self.agent.get("/.well-known/jwks.json").await.json();
        let keys = jwks["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    }

    fn keys(&self, arguments: &[&str]) -> Outcome {
        let arguments = [&["keys"], arguments, &["--json"]].concat();
        self.deployment.command(&arguments, "")
    }

    /// Rotates once the next key is old enough for it.
    async fn force_rotation(&self) -> Value {
        let begin = Instant::now();
        loop {
            let outcome = self.keys(&["rotate", "--force"]);
            if outcome.success {
                return outcome.json();
            }
            outcome.assert_refused("may not be published by every replica yet");
            assert!(begin.elapsed() < PATIENCE, "it is never old enough");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

async fn with_browser(story: impl AsyncFnOnce(&Browser<'_>)) {
    let deployment = Deployment::Embedded(Embedded::start().await);
    on(&deployment, async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        story(&Browser { deployment, agent }).await;
    })
    .await;
}

fn kid_of(token: &str) -> String {
    let header = jsonwebtoken::decode_header(token).unwrap();
    header.kid.unwrap()
}

fn kid(key: &Value) -> &str {
    key["kid"].as_str().unwrap()
}

/// A key is published for an hour before it signs, unless it is forced to, and an old one stays for its tokens.
#[tokio::test]
async fn sec_168_a_key_is_published_before_and_after_it_signs() {
    with_browser(async |browser| {
        let old = browser.token().await;
        let first = browser.published().await;
        let early = browser.keys(&["rotate"]);
        early.assert_refused("--force");
        assert_eq!(browser.published().await, first);
        assert_eq!(kid_of(&browser.token().await), first[0]);

        let rotated = browser.force_rotation().await;
        assert_eq!(kid(&rotated["current"]), first[1]);
        let new = browser.token_of(&first[1]).await;
        let expected = [&first[1], kid(&rotated["next"]), &first[0]];
        assert_eq!(browser.published().await, expected);
        for token in [&old, &new] {
            assert_eq!(browser.userinfo(token).await.status, 200);
        }
    })
    .await;
}

/// A revoked key leaves the JWKS, its tokens are refused, and nothing more is signed with it.
#[tokio::test]
async fn sec_169_a_revoked_key_is_of_no_use() {
    with_browser(async |browser| {
        let old = browser.token().await;
        let compromised = kid_of(&old);
        browser.userinfo(&old).await;
        let replaced = browser.keys(&["emergency-rotate", &compromised]).json();
        assert_eq!(kid(&replaced["revoked"]), compromised);
        browser.token_of(kid(&replaced["current"])).await;
        browser.until_answered(&old, 401).await;
        assert!(!browser.published().await.contains(&compromised));

        let again = browser.keys(&["emergency-rotate", &compromised]);
        again.assert_refused("is not the current key");
        let listed = browser.keys(&["list"]).json();
        let states = listed.as_array().unwrap().iter().map(|key| {
            let of = |state: &&str| key[*state] == true;
            ["current", "next", "previous", "revoked"]
                .into_iter()
                .find(|state| of(state))
        });
        let states: Vec<_> = states.flatten().collect();
        assert_eq!(states, ["current", "next", "revoked"]);
    })
    .await;
}

/// The same for a previous key, and for the hint of an application.
#[tokio::test]
async fn sec_169_a_previous_key_is_revoked_too() {
    with_browser(async |browser| {
        let old = browser.token().await;
        let hint = browser
            .agent
            .authorize(&Request::silent("id_token"))
            .await
            .callback();
        let hint = hint.get("id_token").to_owned();
        let subject = claims(&hint)["sub"].clone();
        let rotated = browser.force_rotation().await;
        let current = kid(&rotated["current"]).to_owned();
        browser.token_of(&current).await;
        assert_eq!(browser.userinfo(&old).await.status, 200);
        for refused in [&current, kid(&rotated["next"])] {
            browser
                .keys(&["revoke", refused])
                .assert_refused("only previous keys");
        }
        browser
            .keys(&["revoke", "unknown"])
            .assert_refused("there is no signing key unknown");

        browser.keys(&["revoke", &kid_of(&old)]).assert_success();
        browser.until_answered(&old, 401).await;
        let silent = Request::silent("id_token").with("id_token_hint", &hint);
        let answer = browser.agent.authorize(&silent).await.callback();
        assert_ne!(
            answer.find("error"),
            None,
            "a hint with no genuine signature: {answer:?}"
        );
        let without = browser
            .agent
            .authorize(&Request::silent("id_token"))
            .await
            .callback();
        assert_eq!(claims(without.get("id_token"))["sub"], subject);
    })
    .await;
}
