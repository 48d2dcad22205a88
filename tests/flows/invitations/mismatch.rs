//! An invitation that is opened in a browser with the session of another user.

use doorward_e2e::{
    Agent, Deployment, Embedded, ORGANIZATION, TEAM, TENANT, User, claims, on, on_every_deployment,
};

use super::{assert_not_good, request, sign_in, submit_sign_up, to_password};

#[tokio::test]
async fn the_page_offers_to_switch_the_account() {
    on_every_deployment(async |deployment| {
        let (bob, carol) = (deployment.add_user(), deployment.add_user());
        let invitation = deployment.invite(ORGANIZATION, &carol.email, TEAM, &[]);
        let agent = Agent::new(deployment);
        agent.sign_in(&request(), &bob).await;
        let page = agent.open(&invitation.request(&request())).await;
        assert_eq!(page.url.path(), "/u/invitation", "{page:?}");
        for shown in [&bob.email, &carol.email] {
            assert!(page.body.contains(shown), "{shown}: {page:?}");
        }
        let shown = deployment.invitation(ORGANIZATION, invitation.id());
        assert_eq!(shown["state"], "open", "{shown}");
        let page = agent.submit_and_follow(&page.form()).await;
        let page = to_password(&agent, page).await;
        assert_eq!(page.form().value("username"), carol.email, "{page:?}");
        let form = page.form().with("password", &carol.password);
        let answer = agent.submit_and_follow(&form).await.callback();
        let claims = claims(answer.get("id_token"));
        assert_eq!(claims["email"], carol.email);
        assert_eq!(claims["org_id"], ORGANIZATION);
    })
    .await;
}

#[tokio::test]
async fn a_new_user_takes_the_browser_over() {
    on_every_deployment(async |deployment| {
        let bob = deployment.add_user();
        let newcomer = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &newcomer.email, TEAM, &[]);
        let agent = Agent::new(deployment);
        agent.sign_in(&request(), &bob).await;
        let page = invitation.open(&agent, &request()).await;
        let answer = submit_sign_up(&agent, page, &newcomer).await.callback();
        assert_eq!(claims(answer.get("id_token"))["email"], newcomer.email);
    })
    .await;
}

/// Auth0's behaviour, by a setting of the tenant.
#[tokio::test]
async fn a_tenant_can_have_invitations_burnt() {
    let flags = "tenant:\n  flags:\n    consume_invitation_on_mismatch: true\n";
    let tenant = TENANT.replacen("tenant:\n", flags, 1);
    let deployment = Deployment::Embedded(Embedded::start_with(&tenant).await);
    on(&deployment, async |deployment| {
        let (bob, carol) = (deployment.add_user(), deployment.add_user());
        let invite = || deployment.invite(ORGANIZATION, &carol.email, TEAM, &[]);
        let (burnt, good) = (invite(), invite());
        let agent = Agent::new(deployment);
        agent.sign_in(&request(), &bob).await;
        // Opening the link spends nothing; the button does.
        let page = agent.open(&burnt.request(&request())).await;
        let shown = deployment.invitation(ORGANIZATION, burnt.id());
        assert_eq!(shown["state"], "open", "{shown}");
        let answer = agent.submit(&page.form()).await.callback();
        answer.assert_error(
            "access_denied",
            "the specified account is not allowed to accept the current invitation",
        );
        let shown = deployment.invitation(ORGANIZATION, burnt.id());
        assert_eq!(shown["state"], "burnt", "{shown}");
        assert_not_good(&agent.another(), &burnt).await;
        let answer = sign_in(&agent.another(), &good, &carol).await;
        assert_eq!(claims(answer.get("id_token"))["org_id"], ORGANIZATION);
    })
    .await;
}
