//! Applications whose users name their organization before they sign in (`pre_login_prompt`).

use doorward_e2e::{
    ASK_BY_EMAIL, ASK_FIRST, ASK_FIRST_CALLBACK, ASK_FIRST_OR_PERSONAL, Agent, GLOBEX,
    ORGANIZATION, Page, Request, on_every_deployment,
};

use super::organization_of;

fn request(client_id: &str) -> Request {
    Request::new("id_token")
        .with("client_id", client_id)
        .with("redirect_uri", ASK_FIRST_CALLBACK)
}

async fn prompt(agent: &Agent, client_id: &str) -> Page {
    let page = agent.open(&request(client_id)).await;
    assert_eq!(page.url.path(), "/u/organization", "{page:?}");
    page
}

#[tokio::test]
async fn the_name_leads_to_the_sign_in() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        deployment.add_member(ORGANIZATION, &user);
        for client_id in [ASK_FIRST, ASK_FIRST_OR_PERSONAL] {
            let agent = Agent::new(deployment);
            let page = prompt(&agent, client_id).await;
            let form = page.form().with("organizationName", "ACME");
            let identifier = agent.submit_and_follow(&form).await;
            assert!(identifier.body.contains("Acme"), "{identifier:?}");
            let answer = agent.fill_in(&identifier, &user).await.callback();
            assert_eq!(organization_of(&answer), ORGANIZATION);
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_name_stays_on_the_page() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let mut page = prompt(&agent, ASK_FIRST).await;
        // Neither a display name nor an id is a name.
        for name in ["nobody", "Acme Inc", "org_unknown", "", "<b>"] {
            let form = page.form().with("organizationName", name);
            page = agent.submit(&form).await;
            assert_eq!(page.status, 400, "{page:?}");
            let code = page.error_code();
            assert!(
                code.is_some_and(|code| code.contains("organization")),
                "{page:?}"
            );
        }
        let form = page.form().with("organizationName", "acme");
        let identifier = agent.submit_and_follow(&form).await;
        assert_eq!(identifier.url.path(), "/u/login/identifier");
    })
    .await;
}

#[tokio::test]
async fn a_personal_account_needs_no_name() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let page = prompt(&agent, ASK_FIRST_OR_PERSONAL).await;
        let form = page.form().press("organizationSkipped", "true");
        let identifier = agent.submit_and_follow(&form).await;
        let answer = agent.fill_in(&identifier, &user).await.callback();
        assert_eq!(organization_of(&answer), "");

        // Where an organization is required, the choice has no effect.
        let agent = Agent::new(deployment);
        let page = prompt(&agent, ASK_FIRST).await;
        let form = page.form().press("organizationSkipped", "true");
        let page = agent.submit(&form).await;
        assert_eq!(page.status, 400, "{page:?}");
    })
    .await;
}

#[tokio::test]
async fn a_verified_domain_leads_to_the_organization() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let page = prompt(&agent, ASK_BY_EMAIL).await;
        let form = page.form().with("email", "alice@ACME.example.test");
        let identifier = agent.submit_and_follow(&form).await;
        assert_eq!(identifier.url.path(), "/u/login/identifier");
        assert!(identifier.body.contains("Acme"), "{identifier:?}");

        let agent = agent.another();
        let page = prompt(&agent, ASK_BY_EMAIL).await;
        let form = page.form().with("email", "alice@both.example.test");
        let page = agent.submit_and_follow(&form).await;
        assert_eq!(page.url.path(), "/u/pre-organization-picker", "{page:?}");
        let form = page.form().press("organization", GLOBEX);
        let identifier = agent.submit_and_follow(&form).await;
        assert!(identifier.body.contains("Globex"), "{identifier:?}");

        let agent = agent.another();
        let mut page = prompt(&agent, ASK_BY_EMAIL).await;
        // A pending domain does not count.
        for email in [
            "alice@globex.example.test",
            "alice@x.acme.example.test",
            "acme.example.test",
        ] {
            page = agent.submit(&page.form().with("email", email)).await;
            assert_eq!(page.status, 400, "{page:?}");
            assert!(page.error_code().is_some(), "{page:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_silent_request_is_not_asked() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        deployment.add_member(ORGANIZATION, &user);
        let agent = Agent::new(deployment);
        let named = request(ASK_FIRST).with("organization", ORGANIZATION);
        agent.sign_in(&named, &user).await;
        let silent = request(ASK_FIRST).with("prompt", "none");
        let answer = agent.authorize(&silent).await.callback();
        assert_eq!(answer.get("error"), "interaction_required", "{answer:?}");
    })
    .await;
}
