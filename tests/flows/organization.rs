//! Signing in as a member of an organization.

mod branding;
mod commands;
mod joining;
mod names;
mod picker;
mod pre_login;
mod roles;
mod switching;

use doorward_e2e::{
    API, Agent, Callback, FOR_MEMBERS, Keys, ORGANIZATION, Request, TEAM, claims,
    on_every_deployment,
};

/// A request of the application with and without organizations.
fn of_team(response_type: &str) -> Request {
    Request::new(response_type).with("client_id", TEAM)
}

/// The `org_id` of the ID token; empty if there is none.
fn organization_of(answer: &Callback) -> String {
    let claims = claims(answer.get("id_token"));
    claims["org_id"].as_str().unwrap_or_default().to_owned()
}

/// The user's id.
fn subject_of(answer: &Callback) -> String {
    let claims = claims(answer.get("id_token"));
    claims["sub"].as_str().unwrap().to_owned()
}

fn request(response_type: &str) -> Request {
    Request::new(response_type)
        .with("client_id", FOR_MEMBERS)
        .with("redirect_uri", "https://members.example.test/callback")
}

#[tokio::test]
async fn a_members_tokens_name_the_organization() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        deployment.add_member(ORGANIZATION, &user);
        let request = request("id_token token")
            .with("organization", ORGANIZATION)
            .with("audience", API);
        let agent = Agent::new(deployment);
        let answer = agent.sign_in(&request, &user).await;
        let keys = Keys::fetch(deployment).await;
        assert_eq!(
            keys.verify(answer.get("id_token"), FOR_MEMBERS)["org_id"],
            ORGANIZATION
        );
        assert_eq!(
            keys.verify(answer.get("access_token"), API)["org_id"],
            ORGANIZATION
        );

        let silent = agent
            .authorize(&request.with("prompt", "none"))
            .await
            .callback();
        assert_eq!(claims(silent.get("id_token"))["org_id"], ORGANIZATION);
    })
    .await;
}

#[tokio::test]
async fn others_are_refused() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let answer = agent.sign_in(&Request::new("id_token"), &user).await;
        let subject = subject_of(&answer);
        let problem = format!("user {subject} is not part of the {ORGANIZATION} organization");
        for request in [request("token"), request("token").with("prompt", "none")] {
            let answer = agent
                .authorize(&request.with("organization", ORGANIZATION))
                .await
                .callback();
            answer.assert_error("access_denied", &problem);
        }
    })
    .await;
}

#[tokio::test]
async fn the_organization_must_be_named_and_exist() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for (request, problem) in [
            (
                request("token"),
                "parameter organization is required for this client",
            ),
            (
                request("token").with("organization", "acme"),
                "authorization request parameter organization must be an organization id",
            ),
            (
                request("token").with("organization", "org_unknown"),
                "parameter organization is invalid: org_unknown",
            ),
        ] {
            agent
                .authorize(&request)
                .await
                .callback()
                .assert_error("invalid_request", problem);
        }
    })
    .await;
}
