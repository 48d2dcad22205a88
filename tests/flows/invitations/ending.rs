//! Invitations that end without an acceptance, and their mails again.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, ORGANIZATION, PATIENCE, TEAM, User, on_every_deployment};

use super::{assert_not_good, request, sign_up};

#[tokio::test]
async fn a_revoked_invitation_is_good_for_nothing() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let agent = Agent::new(deployment);
        // The page is already open.
        let page = agent.open(&invitation.request(&request())).await;
        let revoke = ["invitation", "revoke", ORGANIZATION, invitation.id()];
        deployment.command(&revoke, "").assert_success();
        let page = agent.submit(&page.form()).await;
        let answer = agent.follow(page).await.callback();
        answer.assert_error("invalid_request", super::NOT_GOOD);
        assert_not_good(&agent.another(), &invitation).await;
        let again = deployment.command(&revoke, "");
        assert!(!again.success, "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn an_expired_invitation_is_good_for_nothing() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &["--ttl", "1"]);
        let begin = Instant::now();
        loop {
            let shown = deployment.invitation(ORGANIZATION, invitation.id());
            if shown["state"] == "expired" {
                break;
            }
            assert!(begin.elapsed() < PATIENCE, "{shown}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_not_good(&Agent::new(deployment), &invitation).await;
        let resend = ["invitation", "resend", ORGANIZATION, invitation.id()];
        let refused = deployment.command(&resend, "");
        assert!(!refused.success, "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_mail_sent_again_has_the_same_ticket() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let resend = ["invitation", "resend", ORGANIZATION, invitation.id()];
        deployment.command(&resend, "").assert_success();
        let shown = deployment.invitation(ORGANIZATION, invitation.id());
        assert_eq!(shown["ticket_id"], invitation.json["ticket_id"]);
        sign_up(&Agent::new(deployment), &invitation, &user).await;
        let refused = deployment.command(&resend, "");
        assert!(!refused.success, "{refused:?}");
    })
    .await;
}
