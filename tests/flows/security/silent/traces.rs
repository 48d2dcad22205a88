//! Effects of silent requests: writes, information for others, and the binding of answers.

use doorward_e2e::{Agent, Keys, Page, Replica, claims, left_half_hash};
use doorward_proto::session::v1::Session;
use serde_json::Value;

use super::super::assertions::{assert_granted_at, assert_page_for};
use super::super::fixture::{
    API, CALLBACK, SESSION_COOKIE, at_second, on_replicas, signed_in, silent,
};
use super::super::rpc::{list, resolve, sessions};

/// Sends half of the requests to each replica, at the same time.
#[tokio::test]
async fn sec_100_a_thousand_silent_requests() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let other = at_second(deployment, &agent);
        let cookie = agent.cookies()[SESSION_COOKIE].clone();
        let mut second = sessions(deployment, Replica::Second);
        let (before, user) = resolve(&mut second, &cookie).await;

        let (one, two) = tokio::join!(ask(&agent, 500), ask(&other, 500));
        assert_eq!(one, two, "the same user, session and profile each time");
        assert_eq!(one, claims_of(&agent).await);

        let listed = list(&mut second, &user.user_id).await;
        assert_eq!(listed.len(), 1, "{listed:?}");
        let (after, user_after) = resolve(&mut second, &cookie).await;
        assert_eq!(user_after, user);
        assert_eq!(agent.cookies()[SESSION_COOKIE], cookie);
        assert_eq!(
            (&after.sid, &after.expires_at, &after.authenticated_at),
            (&before.sid, &before.expires_at, &before.authenticated_at)
        );
        // A use is written once a minute, or if it is the application's first.
        let extended = last_use(&after) - last_use(&before);
        assert!(extended == 0 || extended >= 60, "{extended}");
    })
    .await;
}

fn last_use(session: &Session) -> i64 {
    session.last_interacted_at.unwrap().seconds
}

/// Sends `times` requests, checks that all answers agree, and returns the claims of the last.
async fn ask(agent: &Agent, times: usize) -> Value {
    let first = claims_of(agent).await;
    for _ in 1..times {
        assert_eq!(claims_of(agent).await, first);
    }
    first
}

/// The claims of an ID token, without its times.
async fn claims_of(agent: &Agent) -> Value {
    let page = agent.authorize(&silent("id_token")).await;
    let answer = assert_granted_at(&page, CALLBACK);
    assert_eq!(page.header("set-cookie"), "", "{page:?}");
    let mut claims = claims(answer.get("id_token"));
    for name in ["iat", "exp"] {
        claims.as_object_mut().unwrap().remove(name);
    }
    claims
}

/// Durations are not checked, because they depend on the machine.
#[tokio::test]
async fn sec_101_a_probe_learns_nothing() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        for redirect_uri in ["https://evil.test/cb", "https://app.example.test/cb3"] {
            for mode in ["fragment", "form_post", "web_message"] {
                let probe = silent("token")
                    .with("redirect_uri", redirect_uri)
                    .with("response_mode", mode);
                let nobody = Agent::new(deployment).authorize(&probe).await;
                assert_page_for(&nobody, &probe);
                for browser in [&agent, &at_second(deployment, &agent)] {
                    let somebody = browser.authorize(&probe).await;
                    assert_eq!(visible(&somebody), visible(&nobody));
                }
            }
        }
    })
    .await;
}

/// The parts of a response that a page on another site could observe; without the date.
fn visible(page: &Page) -> (u16, usize, Vec<(&str, &[u8])>) {
    let headers = page.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    (page.status.as_u16(), page.body.len(), headers.collect())
}

#[tokio::test]
async fn sec_102_what_ties_an_answer_to_its_request() {
    const NONCE: &str = "n-0S6_WzA2Mj \"<&%2B+~";
    const STATE: &str = "a b+c%20d&e=f#g\u{e9}\u{2028}\"'<";
    on_replicas(async |deployment| {
        let keys = Keys::fetch(deployment).await;
        let agent = signed_in(deployment).await;
        for browser in [&agent, &at_second(deployment, &agent)] {
            for audience in [None, Some(API)] {
                let asked = silent("id_token token")
                    .with("nonce", NONCE)
                    .with("state", STATE);
                let asked = match audience {
                    Some(audience) => asked.with("audience", audience),
                    None => asked,
                };
                let answer = assert_granted_at(&browser.authorize(&asked).await, CALLBACK);
                assert_eq!(answer.get("state"), STATE);
                let id_token = keys.verify(answer.get("id_token"), "spa1");
                assert_eq!(id_token["nonce"], NONCE);
                let at_hash = left_half_hash(answer.get("access_token"));
                assert_eq!(id_token["at_hash"], at_hash);
            }
            let alone = silent("id_token").with("nonce", NONCE).without("state");
            let answer = assert_granted_at(&browser.authorize(&alone).await, CALLBACK);
            assert_eq!(answer.find("state"), None);
            let id_token = keys.verify(answer.get("id_token"), "spa1");
            assert_eq!(id_token["nonce"], NONCE);
            assert_eq!(id_token.get("at_hash"), None, "there is no access token");
        }
    })
    .await;
}
