//! Outages of a backend: requests that need it report the outage, others work, and all users stay signed in.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Callback, PATIENCE, Page, Request, SERVICES, on_separate_processes};

/// The longest duration of a silent request: that of the tests' settings, several times, for a busy machine.
const HELD: Duration = Duration::from_secs(10);

#[tokio::test]
async fn the_session_service_is_killed() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        let late = Agent::new(deployment);
        let begun = late.open(&Request::new("token")).await;
        let cookies = agent.cookies();

        separate.kill("session");
        assert_cannot_tell(&agent.authorize(&Request::silent("token")).await.callback());
        assert_cannot_tell(
            &Agent::new(deployment)
                .authorize(&Request::new("token"))
                .await
                .callback(),
        );
        assert_unavailable(
            &late
                .submit(&begun.form().with("username", &user.email))
                .await,
        );
        assert_unavailable(&agent.get("/v2/logout").await);
        assert_public_documents(&agent).await;
        assert_eq!(agent.cookies(), cookies, "no cookie is touched");

        separate.start_process("session");
        assert_recovers(&agent).await;
    })
    .await;
}

#[tokio::test]
async fn redis_does_not_answer() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;

        separate.redis().pause();
        let begin = Instant::now();
        assert_cannot_tell(&agent.authorize(&Request::silent("token")).await.callback());
        assert!(begin.elapsed() < HELD, "the wait is bounded");
        assert_public_documents(&agent).await;

        separate.redis().resume();
        assert_recovers(&agent).await;
    })
    .await;
}

#[tokio::test]
async fn redis_is_killed() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        separate.redis().kill();
        assert_cannot_tell(&agent.authorize(&Request::silent("token")).await.callback());
        assert_unavailable(&agent.get("/v2/logout").await);
    })
    .await;
}

/// Signed-in users are not affected. Others get the sign-in form, and a 503 page when they submit a password.
#[tokio::test]
async fn the_identity_service_is_killed() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;

        separate.kill("identity");
        let answer = agent.authorize(&Request::silent("token")).await.callback();
        assert!(answer.find("access_token").is_some(), "{answer:?}");
        let late = Agent::new(deployment);
        let page = late.open(&Request::new("token")).await;
        assert_unavailable(&late.fill_in_wrongly(&page, &user).await);

        separate.start_process("identity");
        let begin = Instant::now();
        let answer = loop {
            let page = late.open(&Request::new("token")).await;
            let page = late.fill_in_wrongly(&page, &user).await;
            if page.status.is_redirection() {
                break late.follow(page).await.callback();
            }
            assert_unavailable(&page);
            assert!(begin.elapsed() < PATIENCE, "still {page:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        assert!(answer.find("access_token").is_some(), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn token_signing_is_killed() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        separate.kill("token-signing");
        assert_cannot_tell(
            &agent
                .authorize(&Request::silent("id_token"))
                .await
                .callback(),
        );
        assert_public_documents(&agent).await;
        separate.start_process("token-signing");
        assert_recovers(&agent).await;
    })
    .await;
}

/// The application gets `temporarily_unavailable`. The sign-in is kept: the user types nothing again, and there is one
/// answer.
#[tokio::test]
async fn token_signing_is_killed_during_a_sign_in() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let asked = Request::new("id_token").with("prompt", "login");
        let page = agent.open(&asked).await;
        let form = page.form().with("username", &user.email);
        let page = agent.submit_and_follow(&form).await;
        separate.kill("token-signing");
        let form = page.form().with("password", &user.password);
        let resume = agent.submit(&form).await.location().unwrap();
        for _ in 0..2 {
            assert_cannot_tell(&agent.get(resume.as_str()).await.callback());
        }
        separate.start_process("token-signing");
        let answer = until_answered(async || agent.get(resume.as_str()).await.callback()).await;
        assert_eq!(answer.get("state"), "state-of-the-application");
        let page = agent.get(resume.as_str()).await;
        assert_eq!((page.status.as_u16(), page.location()), (200, None));
        assert!(page.body.contains("You are signed in"), "{page:?}");
    })
    .await;
}

/// Applications in the cache still work.
#[tokio::test]
async fn the_client_registry_is_killed() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        // The import empties the cache; everything read after it stays.
        separate.wait_until_import_is_heard_of().await;
        assert_recovers(&agent).await;
        separate.kill("client-registry");
        assert_recovers(&agent).await;
        let unknown = Request::new("token").with("client_id", "not-asked-for-yet");
        assert_unavailable(&agent.authorize(&unknown).await);
        assert_public_documents(&agent).await;
    })
    .await;
}

#[tokio::test]
async fn everything_behind_the_frontend_is_killed() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        for service in SERVICES {
            separate.kill(service);
        }
        assert_cannot_tell(&agent.authorize(&Request::silent("token")).await.callback());
        assert_public_documents(&agent).await;
        for service in SERVICES {
            separate.start_process(service);
        }
        assert_recovers(&agent).await;
    })
    .await;
}

#[track_caller]
fn assert_cannot_tell(answer: &Callback) {
    assert_eq!(answer.get("error"), "temporarily_unavailable", "{answer:?}");
    assert_eq!(answer.get("state"), "state-of-the-application");
}

#[track_caller]
fn assert_unavailable(page: &Page) {
    page.assert_error_page(503);
    let seconds: u32 = page
        .header("retry-after")
        .parse()
        .expect("Retry-After is a number");
    assert!((1..=5).contains(&seconds), "{page:?}");
    assert!(page.body.contains("temporarily_unavailable"), "{page:?}");
    assert_eq!(
        page.error_code(),
        None,
        "nobody mistyped anything: {page:?}"
    );
}

async fn assert_public_documents(agent: &Agent) {
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/jwks.json",
    ] {
        let page = agent.get(path).await;
        assert_eq!(page.status, 200, "{page:?}");
    }
}

/// The same cookie works again, and `login_required` was never sent.
async fn assert_recovers(agent: &Agent) {
    let asked = Request::silent("id_token token");
    until_answered(async || agent.authorize(&asked).await.callback()).await;
}

/// Repeats until there is a token. Every answer before it must report an outage.
async fn until_answered(ask: impl AsyncFn() -> Callback) -> Callback {
    let begin = Instant::now();
    loop {
        let answer = ask().await;
        if answer.find("id_token").is_some() {
            return answer;
        }
        assert_cannot_tell(&answer);
        assert!(begin.elapsed() < PATIENCE, "still {answer:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
