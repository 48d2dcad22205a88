//! Memberships that a sign-in creates (`assign_membership_on_login`).

use doorward_e2e::{Agent, Callback, Deployment, GLOBEX, ORGANIZATION, User, on_every_deployment};

use super::{of_team, organization_of, subject_of};

fn add_partner(deployment: &Deployment) -> User {
    let user = User::stranger();
    let command = ["user", "add", &user.email, "--connection", "partners"];
    let added = deployment.command(&command, &user.password);
    added.assert_success();
    user
}

async fn sign_in_by_partners(agent: &Agent, user: &User) -> Callback {
    let request = of_team("id_token")
        .with("organization", GLOBEX)
        .with("connection", "partners");
    agent.sign_in(&request, user).await
}

#[tokio::test]
async fn a_sign_in_to_the_organization_makes_a_member() {
    on_every_deployment(async |deployment| {
        let partner = add_partner(deployment);
        let agent = Agent::new(deployment);
        let answer = sign_in_by_partners(&agent, &partner).await;
        assert_eq!(organization_of(&answer), GLOBEX);
        assert!(deployment.is_member(GLOBEX, &subject_of(&answer)));
        // The other organization does not offer this connection.
        let other = of_team("id_token").with("organization", ORGANIZATION);
        let answer = agent
            .authorize(&other.with("prompt", "none"))
            .await
            .callback();
        assert!(answer.find("id_token").is_none(), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn other_connections_make_no_member() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let personal = agent.sign_in(&of_team("id_token"), &user).await;
        let request = of_team("id_token").with("organization", GLOBEX);
        let answer = agent.authorize(&request).await.callback();
        let subject = subject_of(&personal);
        let expected = format!("user {subject} is not part of the {GLOBEX} organization");
        answer.assert_error("access_denied", &expected);
        assert!(!deployment.is_member(GLOBEX, &subject));
    })
    .await;
}

#[tokio::test]
async fn a_connection_of_another_organization_is_refused() {
    on_every_deployment(async |deployment| {
        let request = of_team("id_token")
            .with("organization", ORGANIZATION)
            .with("connection", "partners");
        let answer = Agent::new(deployment).authorize(&request).await.callback();
        answer.assert_error(
            "invalid_request",
            "connection is not enabled for the organization",
        );
    })
    .await;
}

/// The connection disables sign-up, and the organization allows it.
#[tokio::test]
async fn a_sign_up_makes_a_member() {
    on_every_deployment(async |deployment| {
        let request = of_team("id_token")
            .with("organization", GLOBEX)
            .with("connection", "partners")
            .with("screen_hint", "signup");
        let agent = Agent::new(deployment);
        let page = agent.open(&request).await;
        assert_eq!(page.url.path(), "/u/signup", "{page:?}");
        let user = User::stranger();
        let form = crate::sign_up::fill_in(page.form(), &user.email, &user.password);
        let answer = agent.submit_and_follow(&form).await.callback();
        assert_eq!(organization_of(&answer), GLOBEX);
        assert!(deployment.is_member(GLOBEX, &subject_of(&answer)));
    })
    .await;
}
