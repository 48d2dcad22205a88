//! Applications whose users choose their organization after they have signed in (`post_login_prompt`).

use doorward_e2e::{
    ASK_LATER, ASK_LATER_CALLBACK, ASK_LATER_OR_PERSONAL, Agent, Deployment, GLOBEX, ORGANIZATION,
    Page, Request, User, on_every_deployment,
};

use super::{of_team, organization_of, subject_of};

fn request(client_id: &str) -> Request {
    Request::new("id_token")
        .with("client_id", client_id)
        .with("redirect_uri", ASK_LATER_CALLBACK)
}

async fn signed_in(agent: &Agent, client_id: &str, user: &User) -> Page {
    let page = agent.open(&request(client_id)).await;
    agent.fill_in(&page, user).await
}

fn member_of(deployment: &Deployment, organizations: &[&str]) -> User {
    let user = deployment.add_user();
    for organization in organizations {
        deployment.add_member(organization, &user);
    }
    user
}

#[tokio::test]
async fn several_are_offered() {
    on_every_deployment(async |deployment| {
        let user = member_of(deployment, &[ORGANIZATION, GLOBEX]);
        let agent = Agent::new(deployment);
        let page = signed_in(&agent, ASK_LATER, &user).await;
        assert_eq!(page.url.path(), "/u/organization-picker", "{page:?}");
        for name in ["Acme", "Globex"] {
            assert!(page.body.contains(name), "{page:?}");
        }
        let form = page.form().press("organization", GLOBEX);
        let answer = agent.submit_and_follow(&form).await.callback();
        assert_eq!(organization_of(&answer), GLOBEX);
        // The session asks again, for each request.
        let page = agent.open(&request(ASK_LATER)).await;
        let form = page.form().press("organization", ORGANIZATION);
        let answer = agent.submit_and_follow(&form).await.callback();
        assert_eq!(organization_of(&answer), ORGANIZATION);
    })
    .await;
}

#[tokio::test]
async fn the_only_one_is_taken() {
    on_every_deployment(async |deployment| {
        let user = member_of(deployment, &[ORGANIZATION]);
        let agent = Agent::new(deployment);
        let answer = signed_in(&agent, ASK_LATER, &user).await.callback();
        assert_eq!(organization_of(&answer), ORGANIZATION);
    })
    .await;
}

#[tokio::test]
async fn a_personal_account_is_offered_too() {
    on_every_deployment(async |deployment| {
        let user = member_of(deployment, &[ORGANIZATION]);
        let agent = Agent::new(deployment);
        let page = signed_in(&agent, ASK_LATER_OR_PERSONAL, &user).await;
        assert_eq!(page.url.path(), "/u/organization-picker", "{page:?}");
        let form = page.form().press("organizationSkipped", "true");
        let answer = agent.submit_and_follow(&form).await.callback();
        assert_eq!(organization_of(&answer), "");
    })
    .await;
}

#[tokio::test]
async fn an_organization_of_others_cannot_be_picked() {
    on_every_deployment(async |deployment| {
        let user = member_of(deployment, &[ORGANIZATION]);
        let agent = Agent::new(deployment);
        let page = signed_in(&agent, ASK_LATER_OR_PERSONAL, &user).await;
        for forged in [GLOBEX, "org_unknown", "acme", ""] {
            let form = page.form().press("organization", forged);
            let page = agent.submit(&form).await;
            let answer = agent.follow(page).await;
            let granted = answer.header("location").contains("id_token=");
            assert!(!granted, "{forged}: {answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_any_there_is_no_way_in() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let personal = agent.sign_in(&of_team("id_token"), &user).await;
        let answer = agent.open(&request(ASK_LATER)).await.callback();
        let expected = format!(
            "user {} does not belong to any organization",
            subject_of(&personal)
        );
        answer.assert_error("access_denied", &expected);
    })
    .await;
}
