//! `prompt=none`: an answer at once, and never a page.

use doorward_e2e::{
    API_WITH_CONSENT, APPLICATION, Agent, Keys, Page, Request, claims, on_every_deployment,
};

#[tokio::test]
async fn without_a_session() {
    on_every_deployment(async |deployment| {
        let answer = Agent::new(deployment)
            .authorize(&Request::silent("id_token token"))
            .await
            .callback();
        answer.assert_error("login_required", "Login required");
        assert!(answer.in_fragment);
        assert_eq!(answer.get("state"), "state-of-the-application");
    })
    .await;
}

#[tokio::test]
async fn with_a_session() {
    on_every_deployment(async |deployment| {
        let keys = Keys::fetch(deployment).await;
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let first = agent.sign_in(&Request::new("id_token token"), &user).await;
        let request = Request::silent("id_token token").with("nonce", "another");
        let second = agent.authorize(&request).await.callback();

        let before = keys.verify(first.get("id_token"), APPLICATION);
        let now = keys.verify(second.get("id_token"), APPLICATION);
        assert_eq!(now["nonce"], "another");
        for same in ["sub", "sid", "auth_time"] {
            assert_eq!(before[same], now[same], "{same}");
        }
        assert_ne!(first.get("access_token"), second.get("access_token"));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_too_old_for_the_request() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        let fresh = agent
            .authorize(&Request::silent("token").with("max_age", "3600"))
            .await;
        assert!(fresh.callback().find("access_token").is_some());
        let stale = agent
            .authorize(&Request::silent("token").with("max_age", "0"))
            .await;
        stale
            .callback()
            .assert_error("login_required", "Login required");
    })
    .await;
}

#[tokio::test]
async fn consent_is_not_given_silently() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        let request = Request::silent("token").with("audience", API_WITH_CONSENT);
        let answer = agent.authorize(&request).await.callback();
        assert_eq!(answer.get("error"), "consent_required");
    })
    .await;
}

#[tokio::test]
async fn a_hint_of_another_user() {
    on_every_deployment(async |deployment| {
        let (alice, bob) = (deployment.add_user(), deployment.add_user());
        let request = Request::new("id_token");
        let hint = Agent::new(deployment).sign_in(&request, &bob).await;
        let agent = Agent::new(deployment);
        let own = agent.sign_in(&request, &alice).await;
        let silent = |hint: &str| Request::silent("id_token").with("id_token_hint", hint);
        let answer = agent
            .authorize(&silent(own.get("id_token")))
            .await
            .callback();
        assert_eq!(
            claims(answer.get("id_token"))["sub"],
            claims(own.get("id_token"))["sub"]
        );
        let answer = agent
            .authorize(&silent(hint.get("id_token")))
            .await
            .callback();
        answer.assert_error("login_required", "Login required");
    })
    .await;
}

#[tokio::test]
async fn by_web_message() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let request = Request::silent("token").with("response_mode", "web_message");
        let refused = agent.authorize(&request).await;
        assert_web_message(&refused);
        assert!(refused.body.contains("login_required"), "{refused:?}");

        agent.sign_in(&Request::new("token"), &user).await;
        let granted = agent.authorize(&request).await;
        assert_web_message(&granted);
        assert!(granted.body.contains("access_token"), "{granted:?}");
    })
    .await;
}

/// Checks the headers that allow only the application's frame to receive the message.
#[track_caller]
fn assert_web_message(page: &Page) {
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(page.location(), None);
    assert_eq!(page.header("x-frame-options"), "");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors https://app.example.test"),
        "{policy}"
    );
    assert!(page.body.contains("authorization_response"), "{page:?}");
    assert!(page.body.contains("state-of-the-application"), "{page:?}");
    assert!(!page.body.contains("<form"), "{page:?}");
}

#[tokio::test]
async fn a_web_message_goes_to_registered_origins_only() {
    on_every_deployment(async |deployment| {
        let request = Request::silent("token")
            .with("response_mode", "web_message")
            .with("client_id", doorward_e2e::THIRD_PARTY)
            .with("redirect_uri", "https://partner.example.test/callback");
        let page = Agent::new(deployment).authorize(&request).await;
        page.assert_error_page(400);
        let problem = "does not have a registered origin";
        assert!(page.body.contains(problem), "{page:?}");
    })
    .await;
}
