//! The part of group H about invitations. The ticket is a secret, it is spent if and only if the membership exists, and
//! only our own record says what it invites to.

mod acceptance;
mod accounts;
mod mails;
mod races;
mod tickets;

use doorward_e2e::{Agent, Callback, Deployment, Invitation, Page, Request, User, claims};

use super::assertions::assert_refused;
use super::fixture::{ACME, of_team};

/// The one text for all tickets that are not good.
const NOT_GOOD: &str = "invitation not found or already used";

/// Invites an address to `acme`, by `team1`.
#[track_caller]
fn invite(deployment: &Deployment, email: &str) -> Invitation {
    deployment.invite(ACME, email, "team1", &["--no-mail"])
}

/// The request of `team1` with the ticket.
fn with_ticket(invitation: &Invitation) -> Request {
    invitation.request(&of_team("id_token"))
}

/// Opens the page of an invitation.
async fn open(agent: &Agent, invitation: &Invitation) -> Page {
    let page = agent.open(&with_ticket(invitation)).await;
    assert_eq!(page.url.path(), "/u/invitation", "{page:?}");
    page
}

/// Opens an invitation up to the page where an account is created.
async fn to_sign_up(agent: &Agent, invitation: &Invitation) -> Page {
    let page = open(agent, invitation).await;
    let page = agent.submit_and_follow(&page.form()).await;
    assert_eq!(page.url.path(), "/u/signup", "{page:?}");
    page
}

/// Opens an invitation up to the page for the password of an existing account.
async fn to_password(agent: &Agent, invitation: &Invitation) -> Page {
    let page = open(agent, invitation).await;
    from_invitation_to_password(agent, page).await
}

/// Goes on from the page of an invitation to the page for the password of an existing account.
async fn from_invitation_to_password(agent: &Agent, page: Page) -> Page {
    let page = agent.submit_and_follow(&page.form()).await;
    let Some(link) = page.link_to("/u/login") else {
        return page;
    };
    let page = agent.get(&link).await;
    let page = agent.follow(page).await;
    assert_eq!(page.url.path(), "/u/login/password", "{page:?}");
    page
}

/// Accepts an invitation with a new account.
async fn accept(agent: &Agent, invitation: &Invitation, user: &User) -> Callback {
    let page = to_sign_up(agent, invitation).await;
    let form = page.form().with("password", &user.password);
    let answer = agent.submit_and_follow(&form).await.callback();
    assert_eq!(organization_of(&answer), ACME);
    answer
}

fn organization_of(answer: &Callback) -> String {
    let claims = claims(answer.get("id_token"));
    claims["org_id"].as_str().unwrap_or_default().to_owned()
}

fn subject_of(answer: &Callback) -> String {
    let claims = claims(answer.get("id_token"));
    claims["sub"].as_str().unwrap().to_owned()
}

/// Checks that the invitation is open, and that it can be opened.
async fn assert_good(deployment: &Deployment, invitation: &Invitation) {
    let shown = deployment.invitation(ACME, invitation.id());
    assert_eq!(shown["state"], "open", "{shown}");
    open(&Agent::new(deployment), invitation).await;
}

/// Checks that a request is refused with the one text for all bad tickets.
#[track_caller]
fn assert_not_good(page: &Page, request: &Request) {
    let refused = assert_refused(page, request, "invalid_request");
    assert_eq!(refused.get("error_description"), NOT_GOOD);
}
