//! `/u/invitation/start`, for tenants whose applications have no route for invitations.

use doorward_e2e::{Agent, ORGANIZATION, TEAM, User, claims, on_every_deployment};

use super::submit_sign_up;

#[tokio::test]
async fn the_link_can_lead_to_a_page_of_ours() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let link = invitation.url();
        let start = format!("/u/invitation/start?{}", link.query().unwrap());
        let agent = Agent::new(deployment);
        // Mail scanners open it too.
        for _ in 0..3 {
            agent.get(&start).await;
        }
        let page = agent.get(&start).await;
        let page = agent.follow(page).await;
        assert_eq!(page.url.path(), "/u/invitation", "{page:?}");
        let page = agent.submit_and_follow(&page.form()).await;
        let answer = submit_sign_up(&agent, page, &user).await.callback();
        assert_eq!(claims(answer.get("id_token"))["org_id"], ORGANIZATION);

        let page = agent.get(&start).await;
        assert!(page.status.is_client_error(), "{page:?}");
        assert_eq!(page.location(), None, "{page:?}");
    })
    .await;
}
