//! Sessions expire, and a long session does not extend the lifetime of tokens.

use std::time::{Duration, Instant};

use doorward_e2e::{PATIENCE, Replica, claims};
use doorward_proto::session::v1::{OpenSessionResponse, Session, SessionLimits};

use super::super::assertions::{assert_granted_at, assert_session_dead, assert_session_good};
use super::super::fixture::{
    API, CALLBACK, SESSION_COOKIE, at_second, on_replicas, signed_in, silent, with_session_cookie,
};
use super::super::rpc::{LONG, list, open, resolve, sessions};

const BRIEF_API: &str = "https://brief-api.example.test/";

/// The limits of a tenant are in minutes, those of a session in seconds. So the test opens sessions by RPC, with short
/// limits.
#[tokio::test]
async fn sec_085_both_limits() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let token = &agent.cookies()[SESSION_COOKIE];
        let mut first = sessions(deployment, Replica::First);
        let mut second = sessions(deployment, Replica::Second);
        let (_, user) = resolve(&mut second, token).await;
        let absolute = SessionLimits {
            absolute_seconds: 1,
            ..LONG
        };
        let idle = SessionLimits {
            idle_seconds: 1,
            ..LONG
        };
        let mut brief = Vec::new();
        for limits in [absolute, idle] {
            brief.push(open(&mut first, &user, limits).await);
        }
        let long = open(&mut first, &user, LONG).await;

        let mut user_sessions = async || list(&mut second, &user.user_id).await;
        wait_until_ended(&brief, &mut user_sessions).await;
        for ended in brief {
            let browser = with_session_cookie(deployment, &ended.session_token);
            assert_session_dead(&browser).await;
            assert!(browser.cookies().contains_key(SESSION_COOKIE), "it is kept");
            let first = browser.at(Replica::First, deployment);
            assert_session_dead(&first).await;
        }
        assert_session_good(&with_session_cookie(deployment, &long.session_token)).await;
        assert_session_good(&agent).await;
    })
    .await;
}

async fn wait_until_ended(
    brief: &[OpenSessionResponse],
    user_sessions: &mut impl AsyncFnMut() -> Vec<Session>,
) {
    let ending: Vec<_> = brief.iter().filter_map(|it| it.session.as_ref()).collect();
    let is_ending = |live: &Session| ending.iter().any(|it| it.sid == live.sid);
    let begin = Instant::now();
    while user_sessions().await.iter().any(is_ending) {
        assert!(begin.elapsed() < PATIENCE, "they do not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn sec_088_no_token_lives_as_long_as_its_session() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        for browser in [&agent, &at_second(deployment, &agent)] {
            for (api, scope, cap) in [(BRIEF_API, "read:briefs", 300), (API, "read:things", 7_200)]
            {
                let asked = silent("token").with("audience", api).with("scope", scope);
                let answer = assert_granted_at(&browser.authorize(&asked).await, CALLBACK);
                assert_eq!(answer.get("expires_in"), cap.to_string());
                assert_eq!(life(answer.get("access_token")), cap, "{api}");
            }
            let answer = browser
                .authorize(&silent("id_token token"))
                .await
                .callback();
            assert_eq!(answer.get("expires_in"), "7200");
            assert_eq!(life(answer.get("id_token")), 36_000);
        }
    })
    .await;
}

/// The lifetime of a token, in seconds.
fn life(token: &str) -> i64 {
    let claims = claims(token);
    claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()
}
