//! Unreadable values in Redis, and forged cookies. Each affects only its own session, and is counted in the metrics.

use std::process::Command;

use doorward_e2e::{
    Agent, Deployment, Replica, Request, SECOND_SESSION, Separate, User, on_separate_processes,
};

const COOKIE: &str = "__Host-doorward-session";

async fn signed_in(deployment: &Deployment) -> (User, Agent) {
    let user = deployment.add_user();
    let agent = Agent::new(deployment);
    agent.sign_in(&Request::new("token"), &user).await;
    (user, agent)
}

fn redis(separate: &Separate, arguments: &[&str]) -> String {
    let mut command = Command::new("redis-cli");
    command
        .args(["-u", &separate.redis().url()])
        .args(arguments);
    let output = command.output().expect("redis-cli is installed");
    String::from_utf8(output.stdout).expect("the answer is text")
}

/// Overwrites the session of a user, who must have only one.
fn corrupt_sessions(separate: &Separate, agent: &Agent) {
    let slot = &agent.cookies()[COOKIE][..22];
    let key = format!("doorward:{{{}}}:user:{slot}", &slot[..2]);
    let fields = redis(separate, &["hkeys", &key]);
    let sessions = fields.lines().filter(|field| field.len() == 22);
    assert!(sessions.clone().count() > 0, "{fields}");
    for field in sessions {
        redis(separate, &["hset", &key, field, "no session"]);
    }
}

#[tokio::test]
async fn a_corrupt_session_harms_itself_and_is_counted() {
    on_separate_processes(async |deployment, separate| {
        let (user, alice) = signed_in(deployment).await;
        let (_, bob) = signed_in(deployment).await;
        let (failed, at_frontend) = (
            "doorward_store_failed_total",
            "doorward_backend_errors_total{backend=\"session\",kind=\"failed\"}",
        );
        assert!(separate.metric("session", failed).await < 1.0);
        corrupt_sessions(separate, &alice);

        assert_eq!(alice.silent_error().await, "server_error");
        assert_eq!(bob.silent_error().await, "");
        assert!(separate.metric("session", failed).await >= 1.0);
        assert!(separate.metric("authorize-frontend", at_frontend).await >= 1.0);

        // Signing out solves it: the session ends, and the next one works.
        assert_eq!(alice.get("/v2/logout").await.status, 200);
        assert_eq!(alice.silent_error().await, "login_required");
        alice.sign_in(&Request::new("token"), &user).await;
        assert_eq!(alice.silent_error().await, "");
    })
    .await;
}

#[tokio::test]
async fn cookies_of_nobody_are_counted() {
    on_separate_processes(async |deployment, separate| {
        let (_, alice) = signed_in(deployment).await;
        let stranger = Agent::new(deployment).at(Replica::Second, deployment);
        let issued = alice.cookies()[COOKIE].clone();
        let forged = issued[..53].to_owned() + if issued.ends_with('A') { "B" } else { "A" };
        for (value, outcome) in [(&forged[..], "absent"), (&issued[1..], "malformed")] {
            let metric = format!("doorward_session_lookups_total{{outcome=\"{outcome}\"}}");
            let before = separate.metric(SECOND_SESSION, &metric).await;
            let cookies = [(COOKIE.to_owned(), value.to_owned())];
            stranger.set_cookies(cookies.into());
            assert_eq!(stranger.silent_error().await, "login_required");
            let after = separate.metric(SECOND_SESSION, &metric).await;
            assert!(after > before, "{outcome}: {before} {after}");
        }
        assert_eq!(alice.silent_error().await, "");
    })
    .await;
}
