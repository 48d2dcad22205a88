//! A single-page application signs a user in and gets its tokens in the fragment.

use doorward_e2e::{
    API, APPLICATION, Agent, CALLBACK, Keys, OTHER_CALLBACK, Request, claims, left_half_hash,
    on_every_deployment,
};
use serde_json::{Value, json};

#[tokio::test]
async fn id_token_and_access_token() {
    on_every_deployment(async |deployment| {
        let keys = Keys::fetch(deployment).await;
        let user = deployment.add_user();
        let request = Request::new("id_token token")
            .with("audience", API)
            .with("scope", "openid email read:things");
        let answer = Agent::new(deployment).sign_in(&request, &user).await;

        assert!(answer.in_fragment);
        assert_eq!(answer.redirect_uri, doorward_e2e::CALLBACK);
        assert_eq!(
            answer.names(),
            [
                "access_token",
                "expires_in",
                "id_token",
                "scope",
                "state",
                "token_type"
            ]
        );
        assert_eq!(answer.get("token_type"), "Bearer");
        assert_eq!(answer.get("state"), "state-of-the-application");
        assert_eq!(answer.get("scope"), "openid email read:things");

        let id_token = keys.verify(answer.get("id_token"), APPLICATION);
        assert_eq!(id_token["aud"], APPLICATION);
        assert_eq!(id_token["nonce"], "nonce-of-the-application");
        assert_eq!(
            id_token["at_hash"],
            left_half_hash(answer.get("access_token"))
        );
        assert_eq!(id_token["email"], user.email);
        assert_eq!(id_token["email_verified"], false);
        assert_eq!(lifetime(&id_token), 36_000);
        assert!(
            id_token["auth_time"].is_u64() && id_token["sid"].is_string(),
            "{id_token}"
        );

        let access_token = keys.verify(answer.get("access_token"), API);
        let userinfo = format!("{}userinfo", deployment.issuer());
        assert_eq!(access_token["aud"], json!([API, userinfo]));
        assert_eq!(access_token["sub"], id_token["sub"]);
        assert_eq!(access_token["azp"], APPLICATION);
        assert_eq!(access_token["scope"], "openid email read:things");
        assert_eq!(lifetime(&access_token), 3600);
        assert_eq!(answer.get("expires_in"), "3600");
    })
    .await;
}

#[tokio::test]
async fn id_token_alone() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let request = Request::new("id_token").with("scope", "openid profile");
        let answer = Agent::new(deployment).sign_in(&request, &user).await;
        assert_eq!(answer.names(), ["id_token", "state"]);
        let id_token = Keys::fetch(deployment)
            .await
            .verify(answer.get("id_token"), APPLICATION);
        assert_eq!(id_token.get("at_hash"), None);
        assert_eq!(id_token.get("email"), None, "the scope did not ask for it");
        assert_eq!(id_token["name"], user.email);
    })
    .await;
}

#[tokio::test]
async fn access_token_alone() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let request = Request::new("token").without("nonce");
        let answer = Agent::new(deployment).sign_in(&request, &user).await;
        assert_eq!(
            answer.names(),
            ["access_token", "expires_in", "scope", "state", "token_type"]
        );
        assert_eq!(answer.get("expires_in"), "7200");
        let token = answer.get("access_token");
        assert_eq!(
            token.len(),
            32,
            "no API was asked for, so the token says nothing: {token}"
        );
        let request = Request::new("token")
            .with("audience", API)
            .with("scope", "read:things");
        let answer = Agent::new(deployment).sign_in(&request, &user).await;
        let access_token = Keys::fetch(deployment)
            .await
            .verify(answer.get("access_token"), API);
        assert_eq!(access_token["aud"], API);
    })
    .await;
}

#[tokio::test]
async fn only_scopes_that_exist_are_granted() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let scope = "openid read:things delete:everything offline_access";
        let request = Request::new("token")
            .with("audience", API)
            .with("scope", scope);
        let answer = Agent::new(deployment).sign_in(&request, &user).await;
        assert_eq!(answer.get("scope"), "openid read:things");
        assert_eq!(
            claims(answer.get("access_token"))["scope"],
            "openid read:things"
        );
    })
    .await;
}

#[tokio::test]
async fn the_callback_keeps_its_query() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let request = Request::new("token").with("redirect_uri", OTHER_CALLBACK);
        let answer = Agent::new(deployment).sign_in(&request, &user).await;
        assert_eq!(answer.redirect_uri, OTHER_CALLBACK);
    })
    .await;
}

/// `state` comes back byte for byte, so it may contain anything.
#[tokio::test]
async fn sec_047_state_comes_back_bit_for_bit() {
    on_every_deployment(async |deployment| {
        let state = "+ % & = # \" ' < > ü 🚪 ".repeat(120);
        let request = Request::silent("token").with("state", &state);
        let answer = Agent::new(deployment).authorize(&request).await.callback();
        assert_eq!(answer.get("state"), state);
    })
    .await;
}

#[tokio::test]
async fn a_second_application_needs_no_second_password() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        let answer = agent.authorize(&Request::new("id_token")).await.callback();
        assert_eq!(
            claims(answer.get("id_token"))["nonce"],
            "nonce-of-the-application"
        );
        let again = agent
            .open(&Request::new("id_token").with("prompt", "login"))
            .await;
        let answer = agent.fill_in(&again, &user).await.callback();
        assert!(answer.find("id_token").is_some());
    })
    .await;
}

#[tokio::test]
async fn an_answer_as_a_form() {
    on_every_deployment(async |deployment| {
        let keys = Keys::fetch(deployment).await;
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        let request = Request::silent("id_token")
            .with("response_mode", "form_post")
            .with("state", "\"><svg onload=alert(1)>&amp;");
        let page = agent.authorize(&request).await;
        assert_eq!(page.status, 200);
        assert!(
            page.header("content-security-policy")
                .contains("script-src 'nonce-")
        );
        let form = page.form();
        assert_eq!(form.action.as_str(), CALLBACK);
        assert_eq!(form.value("state"), "\"><svg onload=alert(1)>&amp;");
        let claims = keys.verify(form.value("id_token"), APPLICATION);
        assert_eq!(claims["nonce"], "nonce-of-the-application");
    })
    .await;
}

fn lifetime(claims: &Value) -> i64 {
    let number = |name: &str| claims[name].as_i64().expect("times are integers");
    number("exp") - number("iat")
}
