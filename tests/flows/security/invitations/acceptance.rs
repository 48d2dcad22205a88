//! SEC-124: the same sign-in twice, and the same ticket twice.

use doorward_e2e::{Agent, User};

use super::super::fixture::{ACME, at_second, on_replicas, with_cookies};
use super::{
    accept, assert_not_good, invite, organization_of, subject_of, to_sign_up, with_ticket,
};

/// A double click, and a retry after a time-out at another replica.
#[tokio::test]
async fn sec_124_a_repeated_submit_gets_the_same_answer() {
    on_replicas(async |deployment| {
        let user = User::stranger();
        let invitation = invite(deployment, &user.email);
        let agent = Agent::new(deployment);
        let page = to_sign_up(&agent, &invitation).await;
        let form = page.form().with("password", &user.password);
        let second = at_second(deployment, &agent);
        let (one, other) = tokio::join!(agent.submit(&form), second.submit(&form));
        for page in [&one, &other] {
            assert_eq!(page.status, 303, "{page:?}");
        }
        // A browser follows one of them, and both lead to the same answer.
        assert_eq!(one.location(), other.location());
        let answer = second.follow(other).await.callback();
        assert_eq!(organization_of(&answer), ACME);
        let members = deployment.members(ACME).to_string();
        assert_eq!(members.matches(&subject_of(&answer)).count(), 1);
        let shown = deployment.invitation(ACME, invitation.id());
        assert_eq!(shown["state"], "accepted", "{shown}");
    })
    .await;
}

#[tokio::test]
async fn sec_124_a_spent_ticket_begins_nothing() {
    on_replicas(async |deployment| {
        let user = User::stranger();
        let invitation = invite(deployment, &user.email);
        let agent = Agent::new(deployment);
        // Two tabs of one browser, both at the last step.
        let page = to_sign_up(&agent, &invitation).await;
        accept(&agent, &invitation, &user).await;
        let other = with_cookies(deployment, agent.cookies());
        let request = with_ticket(&invitation);
        for agent in [&agent, &other, &Agent::new(deployment)] {
            assert_not_good(&agent.authorize(&request).await, &request);
        }
        let form = page.form().with("password", &user.password);
        let late = agent.submit(&form).await;
        let late = agent.follow(late).await;
        assert!(!late.header("location").contains("id_token="), "{late:?}");
    })
    .await;
}
