//! Invitations, from the link to the tokens.

mod outages;
mod refusals;

use doorward_authorize_frontend::Channels;
use doorward_proto::identity::v1::ConfirmEmailRequest;
use doorward_proto::identity::v1::ListUsersByEmailRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    ApplyOrganizationsRequest, CreateInvitationRequest, OrganizationConnection,
    OrganizationConnections, OrganizationPatch,
};
use doorward_service_kit::SECRET_LENGTH;

use crate::session_cookies::SESSION;
use crate::tenant::{ALICE, BOB, PASSWORD};
use crate::{Answer, Browser, TestApp, authorize};

const CLUB: &str = "org_club000000000001";
const CAROL: &str = "carol@example.test";

/// An organization that users enter by invitation only.
async fn start() -> TestApp {
    let app = TestApp::start().await;
    let connection = OrganizationConnection {
        name: "users".to_owned(),
        is_enabled: true,
        ..OrganizationConnection::default()
    };
    let club = OrganizationPatch {
        id: Some(CLUB.to_owned()),
        name: "club".to_owned(),
        display_name: Some("Chess Club".to_owned()),
        connections: Some(OrganizationConnections {
            connections: vec![connection],
        }),
        ..OrganizationPatch::default()
    };
    let request = ApplyOrganizationsRequest {
        organizations: vec![club],
        ..ApplyOrganizationsRequest::default()
    };
    let channel = app.channels.organization.clone();
    let mut organizations = OrganizationServiceClient::new(channel);
    organizations.apply_organizations(request).await.unwrap();
    app
}

/// Creates an invitation for the application `spa`; returns its ticket.
async fn invite(email: &str, app: &TestApp) -> String {
    invite_to("spa", email, app).await
}

async fn invite_to(client_id: &str, email: &str, app: &TestApp) -> String {
    let request = CreateInvitationRequest {
        organization_id: CLUB.to_owned(),
        inviter_name: "Ada".to_owned(),
        invitee_email: email.to_owned(),
        client_id: client_id.to_owned(),
        role_ids: vec!["rol_player".to_owned()],
        login_uri: "https://app.example.test/login".to_owned(),
        user_metadata_json: Some(r#"{"color": "white"}"#.to_owned()),
        ..CreateInvitationRequest::default()
    };
    let mut invitations = InvitationServiceClient::new(app.channels.organization.clone());
    let created = invitations.create_invitation(request).await.unwrap();
    created.into_inner().invitation.unwrap().ticket_id.unwrap()
}

/// The request that the application makes of the link.
fn link(ticket: &str, more: &[(&str, &str)]) -> String {
    let own = [
        ("organization", CLUB),
        ("invitation", ticket),
        ("scope", "openid email"),
    ];
    let is_replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
    let kept = own.into_iter().filter(|(name, _)| !is_replaced(name));
    let all: Vec<_> = kept.chain(more.iter().copied()).collect();
    authorize(&all)
}

/// Marks the address of a user as verified, like an earlier invitation.
async fn verify(email: &str, channels: &Channels) {
    let mut identity = IdentityServiceClient::new(channels.identity.clone());
    let found = identity.list_users_by_email(ListUsersByEmailRequest {
        email: email.to_owned(),
    });
    let user = found.await.unwrap().into_inner().users.remove(0);
    let request = ConfirmEmailRequest {
        user_id: user.user_id,
        email: email.to_owned(),
        ..ConfirmEmailRequest::default()
    };
    identity.confirm_email(request).await.unwrap();
}

/// Opens the link, and presses the button of the invitation.
async fn press(browser: &mut Browser<'_>, target: &str, action: &str) -> Answer {
    let page = browser.open(target).await;
    page.assert_page(200, &format!("value=\"{action}\""));
    let answer = browser.choose("invitation", &page, action).await;
    browser.follow(answer).await
}

async fn sign_up(browser: &mut Browser<'_>, page: &Answer, email: &str) -> Answer {
    let fields = [
        ("state", page.field("state")),
        ("_csrf", page.field("_csrf")),
        ("email", email),
        ("password", PASSWORD),
    ];
    browser.post("/u/signup", &fields).await
}

#[track_caller]
fn assert_member(answer: &Answer, email: &str) {
    let claims = answer.id_token();
    assert_eq!(claims["org_id"], CLUB, "{}", answer.location());
    assert_eq!(claims["email"], email);
    assert_eq!(claims["email_verified"], true);
}

fn is_member(answer: &Answer) -> bool {
    answer.parameter("id_token").is_some()
}

async fn silent(browser: &mut Browser<'_>) -> Answer {
    let target = authorize(&[("organization", CLUB), ("prompt", "none")]);
    browser.get(&target).await
}

/// SEC-126: all requests that only read leave the ticket good.
#[tokio::test]
async fn sec_126_a_new_user_is_invited() {
    let app = start().await;
    let ticket = invite("Carol@Example.test", &app).await;
    for _ in 0..10 {
        let page = app.browser().open(&link(&ticket, &[])).await;
        page.assert_page(200, "Ada invites you to join Chess Club in spa.");
    }
    let mut browser = app.browser();
    let page = press(&mut browser, &link(&ticket, &[]), "accept").await;
    page.assert_page(200, "readonly");
    assert_eq!(page.field("email"), "", "no hidden address");
    let answer = sign_up(&mut browser, &page, CAROL).await;
    assert_member(&browser.follow(answer).await, CAROL);
    assert!(is_member(&silent(&mut browser).await));
}

/// SEC-119: the store of pending sign-ins has neither the ticket nor what opens it.
#[tokio::test]
async fn sec_119_a_pending_sign_in_is_kept_without_its_ticket() {
    let app = start().await;
    let ticket = invite(CAROL, &app).await;
    let mut browser = app.browser();
    let page = press(&mut browser, &link(&ticket, &[]), "accept").await;
    let copy = app.copy_of_sessions();
    assert!(copy.contains("invitation"), "the request is stored");
    assert!(!copy.contains(&ticket));
    let (transaction_id, _) = page.field("state").split_at(SECRET_LENGTH);
    assert!(!copy.contains(transaction_id));
    let answer = sign_up(&mut browser, &page, CAROL).await;
    assert_member(&browser.follow(answer).await, CAROL);
}

/// SEC-122: the sessions of an account with an unproved address end, also in other browsers.
#[tokio::test]
async fn sec_122_acceptance_proves_the_address() {
    let app = start().await;
    let mut elsewhere = app.browser();
    elsewhere.sign_in(&authorize(&[]), BOB).await;
    let ticket = invite(BOB, &app).await;
    // A session does not accept for an address that was never verified.
    let mut browser = elsewhere.clone();
    let page = press(&mut browser, &link(&ticket, &[]), "accept").await;
    page.assert_page(200, "Sign in to accept");
    assert_eq!(silent(&mut elsewhere).await.error(), "access_denied");

    let mut browser = app.browser();
    let page = press(
        &mut browser,
        &link(&ticket, &[("screen_hint", "login")]),
        "accept",
    )
    .await;
    let answer = browser.submit("password", &page, "", PASSWORD).await;
    assert_member(&browser.follow(answer).await, BOB);
    let old = elsewhere.get(&authorize(&[("prompt", "none")])).await;
    assert_eq!(old.error(), "login_required");
}

#[tokio::test]
async fn a_session_with_the_verified_address_accepts_at_once() {
    let app = start().await;
    verify(ALICE, &app.channels).await;
    for more in [&[][..], &[("prompt", "consent")][..]] {
        let mut browser = app.browser();
        browser.sign_in(&authorize(&[]), ALICE).await;
        let ticket = invite(ALICE, &app).await;
        let mut answer = press(&mut browser, &link(&ticket, more), "accept").await;
        if !more.is_empty() {
            answer = browser.choose("consent", &answer, "accept").await;
            answer = browser.follow(answer).await;
        }
        // The second time, Alice is a member already.
        assert_member(&answer, ALICE);
    }
}

/// A session that does not satisfy the request does not accept either.
#[tokio::test]
async fn a_request_for_a_fresh_sign_in_gets_one() {
    let app = start().await;
    verify(ALICE, &app.channels).await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    let ticket = invite(ALICE, &app).await;
    let page = press(
        &mut browser,
        &link(&ticket, &[("prompt", "login")]),
        "accept",
    )
    .await;
    page.assert_page(200, "autocomplete=\"current-password\"");
    let answer = browser.submit("password", &page, "", PASSWORD).await;
    assert_member(&browser.follow(answer).await, ALICE);
}

/// SEC-121: another account is offered to switch, and the ticket stays good.
#[tokio::test]
async fn sec_121_another_account_switches() {
    let app = start().await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), BOB).await;
    let ticket = invite(CAROL, &app).await;
    let page = browser.open(&link(&ticket, &[])).await;
    page.assert_page(200, "You are signed in as bob@example.test");
    let answer = browser.choose("invitation", &page, "accept").await;
    answer.assert_page(200, "Continue as carol@example.test");
    assert_eq!(silent(&mut browser).await.error(), "access_denied");
    let before = browser.cookies[SESSION].clone();

    let answer = browser.choose("invitation", &page, "switch").await;
    let page = browser.follow(answer).await;
    page.assert_page(200, "value=\"carol@example.test\"");
    let answer = sign_up(&mut browser, &page, "").await;
    assert_member(&browser.follow(answer).await, CAROL);
    browser.cookies.insert(SESSION.to_owned(), before);
    let old = browser.get(&authorize(&[("prompt", "none")])).await;
    assert_eq!(old.error(), "login_required", "Bob's session has ended");
}

/// SEC-127: the forms decide neither who accepts nor what.
#[tokio::test]
async fn sec_127_further_fields_are_ignored() {
    let app = start().await;
    let ticket = invite(CAROL, &app).await;
    let mut browser = app.browser();
    let page = browser.open(&link(&ticket, &[])).await;
    let fields = [
        ("state", page.field("state")),
        ("_csrf", page.field("_csrf")),
        ("action", "accept"),
        ("roles", "rol_admin"),
        ("org_id", "org_other"),
        ("email", BOB),
    ];
    let answer = browser.post("/u/invitation", &fields).await;
    let page = browser.follow(answer).await;
    let answer = sign_up(&mut browser, &page, "mallory@example.test").await;
    assert_member(&browser.follow(answer).await, CAROL);

    let ticket = invite(ALICE, &app).await;
    let mut browser = app.browser();
    let page = press(
        &mut browser,
        &link(&ticket, &[("screen_hint", "login")]),
        "accept",
    )
    .await;
    let answer = browser.submit("password", &page, BOB, PASSWORD).await;
    assert_member(&browser.follow(answer).await, ALICE);
}

/// SEC-124: a form that is sent twice ends the same way, also if the first answer was lost.
#[tokio::test]
async fn sec_124_an_acceptance_is_repeated() {
    let app = start().await;
    let ticket = invite(CAROL, &app).await;
    let mut browser = app.browser();
    let page = press(&mut browser, &link(&ticket, &[]), "accept").await;
    let mut dropped = browser.clone();
    sign_up(&mut dropped, &page, CAROL).await;
    let answer = sign_up(&mut browser, &page, CAROL).await;
    assert_member(&browser.follow(answer).await, CAROL);
    let again = app.browser().open(&link(&ticket, &[])).await;
    assert_eq!(again.error(), "invalid_request");
    let description = again.parameter("error_description").unwrap();
    assert_eq!(description, "invitation not found or already used");

    verify(ALICE, &app.channels).await;
    let ticket = invite(ALICE, &app).await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    let page = browser.open(&link(&ticket, &[])).await;
    let mut dropped = browser.clone();
    dropped.choose("invitation", &page, "accept").await;
    let answer = browser.choose("invitation", &page, "accept").await;
    assert_member(&browser.follow(answer).await, ALICE);
}
