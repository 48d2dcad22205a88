//! Consents: asking, remembering and revoking them.

use std::time::{Duration, Instant};

use doorward_e2e::{
    API_WITH_CONSENT, Agent, Deployment, PATIENCE, Page, Request, THIRD_PARTY, User,
    on_every_deployment,
};

fn of_a_third_party() -> Request {
    Request::new("token")
        .with("client_id", THIRD_PARTY)
        .with("redirect_uri", "https://partner.example.test/callback")
}

/// Signs in and stops at the consent page.
async fn consent_page(agent: &Agent, request: &Request, user: &User) -> Page {
    let page = agent.open(request).await;
    let page = agent.fill_in(&page, user).await;
    assert!(page.url.path() == "/u/consent", "{page:?}");
    page
}

async fn silent_error(agent: &Agent, request: &Request) -> String {
    let silent = request.clone().with("prompt", "none");
    let answer = agent.authorize(&silent).await.callback();
    answer.find("error").unwrap_or_default().to_owned()
}

async fn becomes(agent: &Agent, request: &Request, error: &str) {
    let begin = Instant::now();
    while silent_error(agent, request).await != error {
        assert!(
            begin.elapsed() < PATIENCE,
            "the answer never became {error}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn agreed_and_taken_back() {
    on_every_deployment(async |deployment| {
        let with_api = Request::new("token")
            .with("audience", API_WITH_CONSENT)
            .with("scope", "openid read:secrets");
        for request in [of_a_third_party(), with_api] {
            let user = deployment.add_user();
            let agent = Agent::new(deployment);
            let page = consent_page(&agent, &request, &user).await;
            assert_eq!(silent_error(&agent, &request).await, "consent_required");
            let page = agent.submit_and_follow(&page.form()).await;
            assert!(!page.callback().get("access_token").is_empty());
            assert_eq!(silent_error(&agent, &request).await, "");
            revoke(deployment, &user);
            becomes(&agent, &request, "consent_required").await;
        }
    })
    .await;
}

fn revoke(deployment: &Deployment, user: &User) {
    let command = ["user", "revoke-consent", &user.email];
    deployment.command(&command, "").assert_success();
}

#[tokio::test]
async fn declined() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let page = consent_page(&agent, &of_a_third_party(), &user).await;
        let form = page.form().with("action", "deny");
        let answer = agent.submit_and_follow(&form).await.callback();
        assert_eq!(answer.get("error"), "access_denied");
        assert_eq!(answer.get("state"), "state-of-the-application");
        assert_eq!(
            silent_error(&agent, &of_a_third_party()).await,
            "consent_required"
        );
    })
    .await;
}
