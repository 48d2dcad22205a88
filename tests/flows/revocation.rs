//! Commands that end sessions: a block, a new password, an import.

use doorward_e2e::{Agent, Deployment, Page, Request, User, on_every_deployment};

fn command(deployment: &Deployment, name: &str, user: &User, input: &str) {
    let outcome = deployment.command(&["user", name, &user.email], input);
    outcome.assert_success();
}

/// Signs the user in, in a new browser.
async fn signed_in(deployment: &Deployment, user: &User) -> Agent {
    let agent = Agent::new(deployment);
    agent.sign_in(&Request::new("token"), user).await;
    assert_eq!(silent(&agent).await, "");
    agent
}

/// Returns the error of a silent request; empty if there is a token.
async fn silent(agent: &Agent) -> String {
    let answer = agent.authorize(&Request::silent("token")).await.callback();
    answer.find("error").unwrap_or_default().to_owned()
}

/// SEC-084: no way leads to a token, and no session returns.
#[tokio::test]
async fn sec_084_a_blocked_user_gets_nothing() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let one = signed_in(deployment, &user).await;
        let other = signed_in(deployment, &user).await;
        let tokens = one.authorize(&Request::silent("token")).await.callback();

        command(deployment, "block", &user, "");
        for agent in [&one, &other] {
            let answer = agent.authorize(&Request::silent("token")).await.callback();
            answer.assert_error("unauthorized", "user is blocked");
            let answer = agent.open(&Request::new("token")).await.callback();
            answer.assert_error("unauthorized", "user is blocked");
        }
        let answer = with_password(&Agent::new(deployment), &user)
            .await
            .callback();
        answer.assert_error("unauthorized", "user is blocked");
        assert_eq!(
            user_info(&one, tokens.get("access_token")).await.status,
            401
        );
        command(deployment, "block", &user, "");
        assert_eq!(silent(&one).await, "unauthorized");

        command(deployment, "unblock", &user, "");
        for agent in [&one, &other] {
            assert_eq!(silent(agent).await, "login_required");
        }
        signed_in(deployment, &user).await;
        command(deployment, "unblock", &user, "");
        assert_eq!(silent(&one).await, "login_required");
    })
    .await;
}

/// Returns the page after the right password.
async fn with_password(agent: &Agent, user: &User) -> Page {
    let page = agent.open(&Request::new("token")).await;
    let form = page.form().with("username", &user.email);
    let page = agent.submit_and_follow(&form).await;
    agent
        .submit(&page.form().with("password", &user.password))
        .await
}

async fn user_info(agent: &Agent, access_token: &str) -> Page {
    let request = agent.request(reqwest::Method::GET, "/userinfo");
    agent.send(request.bearer_auth(access_token)).await
}

/// SEC-083.
#[tokio::test]
async fn sec_083_a_new_password_ends_all_sessions() {
    on_every_deployment(async |deployment| {
        let old = deployment.add_user();
        let bystander = deployment.add_user();
        let (one, other) = (
            signed_in(deployment, &old).await,
            signed_in(deployment, &old).await,
        );
        let untouched = signed_in(deployment, &bystander).await;
        let new = User {
            password: "another good password".to_owned(),
            ..old.clone()
        };
        command(deployment, "password", &new, &new.password);
        for agent in [&one, &other] {
            assert_eq!(silent(agent).await, "login_required");
        }
        assert_eq!(silent(&untouched).await, "");

        let agent = Agent::new(deployment);
        let page = agent.open(&Request::new("token")).await;
        let refused = agent.fill_in_wrongly(&page, &old).await;
        assert_eq!(refused.error_code(), Some("wrong-email-credentials"));
        signed_in(deployment, &new).await;
        // Signing in works again, also in a browser with an ended session.
        one.sign_in(&Request::new("token"), &new).await;
        assert_eq!(silent(&one).await, "");
        assert_eq!(silent(&other).await, "login_required");
    })
    .await;
}

/// An import that changes email, phone number, username or password ends the user's sessions; other changes do not.
#[tokio::test]
async fn an_import_ends_the_sessions_of_whom_it_changes() {
    on_every_deployment(async |deployment| {
        let (user, bystander) = (deployment.add_user(), deployment.add_user());
        let untouched = signed_in(deployment, &bystander).await;
        let files = tempfile::tempdir().unwrap();
        let file = files.path().join("users.json");
        let import = |claims: serde_json::Value| {
            let mut entries = [
                claims,
                serde_json::json!({ "email": bystander.email, "name": "B" }),
            ];
            entries[0]["email"] = user.email.clone().into();
            std::fs::write(&file, serde_json::json!(entries).to_string()).unwrap();
            let outcome = deployment.command(&["import-users", file.to_str().unwrap()], "");
            outcome.assert_success();
        };
        for (claims, error) in [
            (
                serde_json::json!({ "name": "Ada", "picture": "https://example.test/ada.png" }),
                "",
            ),
            (
                serde_json::json!({ "email_verified": true }),
                "login_required",
            ),
            (serde_json::json!({ "email_verified": true }), ""),
            (
                serde_json::json!({ "phone_number": "+33123456789" }),
                "login_required",
            ),
            (serde_json::json!({ "username": "ada" }), "login_required"),
        ] {
            let agents = [
                signed_in(deployment, &user).await,
                signed_in(deployment, &user).await,
            ];
            import(claims.clone());
            for agent in &agents {
                assert_eq!(silent(agent).await, error, "{claims}");
            }
        }
        assert_eq!(silent(&untouched).await, "");
        // Another email for the same id: the old email no longer works.
        let renamed = User {
            email: User::stranger().email,
            ..user.clone()
        };
        let agent = signed_in(deployment, &user).await;
        let request = Request::silent("id_token");
        let answer = agent.authorize(&request).await.callback();
        let claims = doorward_e2e::claims(answer.get("id_token"));
        let entry = serde_json::json!([{ "user_id": claims["sub"], "email": renamed.email }]);
        std::fs::write(&file, entry.to_string()).unwrap();
        let outcome = deployment.command(&["import-users", file.to_str().unwrap()], "");
        outcome.assert_success();
        assert_eq!(silent(&agent).await, "login_required");
        signed_in(deployment, &renamed).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_done_changes_nothing() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = signed_in(deployment, &user).await;
        let weak = deployment.command(&["user", "password", &user.email], "short");
        weak.assert_refused("password");
        for name in ["block", "unblock", "password"] {
            let stranger = User::stranger().email;
            let nobody = deployment.command(&["user", name, &stranger], "a good password");
            nobody.assert_refused(&stranger);
        }
        assert_eq!(silent(&agent).await, "");
        signed_in(deployment, &user).await;
    })
    .await;
}
