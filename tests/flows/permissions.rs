//! A user's roles decide which scopes of an API they are given.

use std::time::{Duration, Instant};

use doorward_e2e::{
    API_WITH_ROLES, Agent, Deployment, PATIENCE, Request, User, claims, on_every_deployment,
};
use serde_json::json;

fn request() -> Request {
    Request::new("token")
        .with("audience", API_WITH_ROLES)
        .with("scope", "openid read:reports write:reports")
}

fn set_roles(deployment: &Deployment, user: &User, roles: &[&str]) {
    let command = [&["user", "roles", &user.email], roles].concat();
    deployment.command(&command, "").assert_success();
}

#[tokio::test]
async fn roles_count_within_seconds() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let answer = agent.sign_in(&request(), &user).await;
        assert_eq!(answer.get("scope"), "openid");
        for (roles, scope, permissions) in [
            (["reader"], "openid read:reports", json!(["read:reports"])),
            (["--none"], "openid", json!([])),
        ] {
            set_roles(deployment, &user, &roles);
            let token = token_with(&agent, scope).await;
            assert_eq!(claims(&token)["permissions"], permissions);
        }
    })
    .await;
}

async fn token_with(agent: &Agent, scope: &str) -> String {
    let begin = Instant::now();
    loop {
        let silent = request().with("prompt", "none");
        let answer = agent.authorize(&silent).await.callback();
        if answer.get("scope") == scope {
            return answer.get("access_token").to_owned();
        }
        assert!(begin.elapsed() < PATIENCE, "{answer:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
