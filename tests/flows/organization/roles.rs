//! Roles that a user has in one organization only.

use doorward_e2e::{
    API_WITH_ROLES, Agent, Deployment, GLOBEX, ORGANIZATION, User, claims, on_every_deployment,
};
use serde_json::{Value, json};

use super::of_team;

fn set_roles(deployment: &Deployment, organization: &str, user: &User, role: &str) {
    let command = ["organization", "roles", organization, &user.email, role];
    deployment.command(&command, "").assert_success();
}

async fn permissions(agent: &Agent, organization: Option<&str>) -> Value {
    let request = of_team("token")
        .with("audience", API_WITH_ROLES)
        .with("scope", "openid read:reports write:reports")
        .with("prompt", "none");
    let request = match organization {
        Some(id) => request.with("organization", id),
        None => request,
    };
    let answer = agent.authorize(&request).await.callback();
    claims(answer.get("access_token"))["permissions"].clone()
}

#[tokio::test]
async fn roles_of_a_member_count_in_the_organization_only() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let reader = ["user", "roles", &user.email, "reader"];
        deployment.command(&reader, "").assert_success();
        for organization in [ORGANIZATION, GLOBEX] {
            deployment.add_member(organization, &user);
        }
        set_roles(deployment, ORGANIZATION, &user, "writer");
        let agent = Agent::new(deployment);
        agent.sign_in(&of_team("token"), &user).await;

        assert_eq!(permissions(&agent, None).await, json!(["read:reports"]));
        // Without roles in the organization, those of the tenant count.
        assert_eq!(
            permissions(&agent, Some(GLOBEX)).await,
            json!(["read:reports"])
        );
        assert_eq!(
            permissions(&agent, Some(ORGANIZATION)).await,
            json!(["write:reports"])
        );

        set_roles(deployment, ORGANIZATION, &user, "--none");
        assert_eq!(
            permissions(&agent, Some(ORGANIZATION)).await,
            json!(["read:reports"])
        );
    })
    .await;
}
