//! Signing in as a member of an organization.

use doorward_e2e::{
    API, Agent, FOR_MEMBERS, Keys, ORGANIZATION, Request, claims, on_every_deployment,
};

fn request(response_type: &str) -> Request {
    Request::new(response_type)
        .with("client_id", FOR_MEMBERS)
        .with("redirect_uri", "https://members.example.test/callback")
}

#[tokio::test]
async fn a_members_tokens_name_the_organization() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        deployment
            .command(
                &["organization", "add-member", ORGANIZATION, &user.email],
                "",
            )
            .assert_success();
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
        let subject = claims(answer.get("id_token"))["sub"]
            .as_str()
            .unwrap()
            .to_owned();
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
