//! Invitations, from the command of the administrator to the tokens of the new member.

mod accepting;
mod creating;
mod ending;
mod landing_page;
mod mails;
mod mismatch;

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Callback, Invitation, PATIENCE, Page, Request, TEAM, User};
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::{AcceptInvitationRequest, AcceptInvitationResponse};
use doorward_proto::reason_of;
use doorward_service_kit::grpc::Channel;

pub(crate) use mails::mail_to;

/// The one error for all tickets that are not good.
const NOT_GOOD: &str = "invitation not found or already used";

/// A request of the application that people are invited to.
fn request() -> Request {
    Request::new("id_token token").with("client_id", TEAM)
}

/// Opens an invitation, and creates the invited account.
async fn sign_up(agent: &Agent, invitation: &Invitation, user: &User) -> Callback {
    let page = invitation.open(agent, &request()).await;
    submit_sign_up(agent, page, user).await.callback()
}

async fn submit_sign_up(agent: &Agent, page: Page, user: &User) -> Page {
    assert_eq!(page.url.path(), "/u/signup", "{page:?}");
    assert_eq!(page.form().value("email"), user.email, "{page:?}");
    let form = page.form().with("password", &user.password);
    agent.submit_and_follow(&form).await
}

/// Opens an invitation, and signs in to the account that the invited address already has.
async fn sign_in(agent: &Agent, invitation: &Invitation, user: &User) -> Callback {
    let page = invitation.open(agent, &request()).await;
    let page = to_password(agent, page).await;
    let form = page.form().with("password", &user.password);
    agent.submit_and_follow(&form).await.callback()
}

/// Follows the link from the sign-up page to the page for the password.
async fn to_password(agent: &Agent, page: Page) -> Page {
    let page = match page.link_to("/u/login") {
        Some(link) => {
            let next = agent.get(&link).await;
            agent.follow(next).await
        }
        None => page,
    };
    assert_eq!(page.url.path(), "/u/login/password", "{page:?}");
    page
}

/// Checks that a ticket is good for nothing.
async fn assert_not_good(agent: &Agent, invitation: &Invitation) {
    let answer = agent.authorize(&invitation.request(&request())).await;
    let answer = answer.callback();
    answer.assert_error("invalid_request", NOT_GOOD);
}

/// Accepts an invitation as the frontend does; `None` if its ticket is not good. Repeats the call while the service has
/// too much to do, which is no answer.
pub(crate) async fn accept(
    channel: &Channel,
    request: &AcceptInvitationRequest,
) -> Option<AcceptInvitationResponse> {
    let begin = Instant::now();
    loop {
        let mut service = InvitationServiceClient::new(channel.clone());
        match service.accept_invitation(request.clone()).await {
            Ok(answer) => return Some(answer.into_inner()),
            Err(status) if reason_of(&status) == Some(ErrorReason::InvitationNotFound) => {
                return None;
            }
            Err(status) => assert!(begin.elapsed() < PATIENCE, "{status}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
