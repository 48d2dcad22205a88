//! Invitations that are not accepted.

use doorward_proto::client_registry::v1::TenantPatch;
use doorward_proto::hooks::v1::PostLoginResponse;

use super::*;
use crate::post_login_hook::{Hook, denial};
use crate::tenant::{ACME, apply_settings, block};

#[track_caller]
fn assert_refused(answer: &Answer, error: &str, description: &str) {
    assert_eq!(answer.error(), error, "{}", answer.body);
    let sent = answer.parameter("error_description");
    assert_eq!(sent.as_deref(), Some(description));
}

const NOT_USABLE: &str = "invitation not found or already used";

/// SEC-120, SEC-123: one text, and the ticket stays good.
#[tokio::test]
async fn sec_120_a_ticket_belongs_to_its_request() {
    let app = start().await;
    let ticket = invite(CAROL, &app).await;
    let other_client = [
        ("client_id", "partner"),
        ("redirect_uri", "https://partner.example.test/cb"),
    ];
    let end = if ticket.ends_with('x') { 'y' } else { 'x' };
    let wrong = format!("{}{end}", &ticket[..ticket.len() - 1]);
    for target in [
        link(&ticket, &[("organization", ACME)]),
        link(&wrong, &[]),
        link("x", &[]),
    ] {
        let answer = app.browser().open(&target).await;
        assert_refused(&answer, "invalid_request", NOT_USABLE);
    }
    let answer = app.browser().open(&link(&ticket, &other_client)).await;
    assert_eq!(answer.error(), "invalid_request");
    let target = authorize(&[("invitation", &*ticket)]);
    let answer = app.browser().open(&target).await;
    assert_refused(
        &answer,
        "invalid_request",
        "parameter organization is required",
    );
    let page = app.browser().open(&link(&ticket, &[])).await;
    page.assert_page(200, "You have been invited");
}

/// The tenant may want Auth0's behaviour; opening the page still ends nothing.
#[tokio::test]
async fn another_account_ends_the_invitation_where_the_tenant_says_so() {
    let app = start().await;
    let settings = TenantPatch {
        consume_invitation_on_mismatch: Some(true),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    let mut app = app;
    app.restart();
    let ticket = invite(CAROL, &app).await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), BOB).await;
    let page = browser.open(&link(&ticket, &[])).await;
    app.browser()
        .open(&link(&ticket, &[]))
        .await
        .assert_page(200, "You have been invited");
    let answer = browser.choose("invitation", &page, "accept").await;
    let description = "the specified account is not allowed to accept the current invitation";
    assert_refused(&answer, "access_denied", description);
    let again = app.browser().open(&link(&ticket, &[])).await;
    assert_refused(&again, "invalid_request", NOT_USABLE);
}

/// A blocked user is refused, and the ticket stays good.
#[tokio::test]
async fn a_blocked_user_accepts_nothing() {
    let app = start().await;
    let ticket = invite(BOB, &app).await;
    block(BOB, &app.channels).await;
    let mut browser = app.browser();
    let page = press(
        &mut browser,
        &link(&ticket, &[("screen_hint", "login")]),
        "accept",
    )
    .await;
    let answer = browser.submit("password", &page, "", PASSWORD).await;
    assert_refused(&answer, "unauthorized", "user is blocked");
    let page = app.browser().open(&link(&ticket, &[])).await;
    page.assert_page(200, "You have been invited");
}

/// An application that expects another user could not be answered, so the ticket stays good.
#[tokio::test]
async fn another_user_than_the_hinted_one_accepts_nothing() {
    let app = start().await;
    let ticket = invite(BOB, &app).await;
    let hint = async |email: &str| {
        let answer = app.browser().sign_in(&authorize(&[]), email).await;
        answer.parameter("id_token").unwrap()
    };
    let accept = async |hint: &str| {
        let mut browser = app.browser();
        let more = [("screen_hint", "login"), ("id_token_hint", hint)];
        let page = press(&mut browser, &link(&ticket, &more), "accept").await;
        let answer = browser.submit("password", &page, "", PASSWORD).await;
        browser.follow(answer).await
    };
    let (alice, bob) = (hint(ALICE).await, hint(BOB).await);
    assert_eq!(accept(&alice).await.error(), "login_required");
    assert_member(&accept(&bob).await, BOB);
}

/// SEC-133: the invited address alone claims nothing.
#[tokio::test]
async fn sec_133_a_sign_up_without_the_ticket_claims_nothing() {
    let app = start().await;
    let ticket = invite(CAROL, &app).await;
    let mut mallory = app.browser();
    // The connection of the organization, so that only the membership is missing.
    let target = authorize(&[("screen_hint", "signup"), ("connection", "users")]);
    let page = mallory.open(&target).await;
    let answer = sign_up(&mut mallory, &page, CAROL).await;
    assert!(is_member(&mallory.follow(answer).await), "has an account");
    assert_eq!(silent(&mut mallory).await.error(), "access_denied");

    let mut carol = app.browser();
    let page = press(&mut carol, &link(&ticket, &[]), "accept").await;
    let fields = [
        ("state", page.field("state")),
        ("_csrf", page.field("_csrf")),
        ("password", "another long password"),
    ];
    let answer = carol.post("/u/signup", &fields).await;
    answer.assert_page(400, "data-error-code=\"email-in-use\"");
    answer.assert_page(400, "Sign in instead.");
}

/// The landing page leads to the request of the invited application.
#[tokio::test]
async fn a_link_without_a_page_of_the_application() {
    let app = start().await;
    let ticket = invite(CAROL, &app).await;
    let start = |ticket: &str, organization: &str| {
        format!(
            "/u/invitation/start?invitation={ticket}&organization={organization}&organization_name=club"
        )
    };
    let mut browser = app.browser();
    let answer = browser.get(&start(&ticket, CLUB)).await;
    assert!(answer.location().starts_with("/authorize?client_id=spa&"));
    let page = browser.follow(answer).await;
    let answer = browser.choose("invitation", &page, "accept").await;
    let page = browser.follow(answer).await;
    let answer = sign_up(&mut browser, &page, CAROL).await;
    assert_member(&browser.follow(answer).await, CAROL);

    // The name of the organization is not taken from the link.
    let ticket_of_members = invite_to("members", CAROL, &app).await;
    let target = start(&ticket_of_members, CLUB).replace("=club", "=evil");
    let answer = app.browser().get(&target).await;
    let callback = "redirect_uri=https%3A%2F%2Fclub.example.test%2Fcb&";
    assert!(
        answer.location().contains(callback),
        "{}",
        answer.location()
    );

    for gone in [start(&ticket, CLUB), start("x", CLUB), start(&ticket, ACME)] {
        let answer = app.browser().get(&gone).await;
        answer.assert_page(400, "This invitation cannot be used");
    }
    let answer = app.browser().get("/u/invitation/start").await;
    answer.assert_page(400, "Please start again");
}

/// The ticket is still good when the hook has changed its mind.
#[tokio::test]
async fn a_denial_of_the_post_login_hook_spends_no_ticket() {
    let mut app = start().await;
    let ticket = invite(ALICE, &app).await;
    let target = link(&ticket, &[("screen_hint", "login")]);
    for (decision, error) in [
        (Ok(denial()), "access_denied"),
        (
            Err(tonic::Status::unavailable("gone")),
            "temporarily_unavailable",
        ),
        (Ok(PostLoginResponse::default()), ""),
    ] {
        Hook::install(&mut app, decision);
        let mut alice = app.browser();
        let page = press(&mut alice, &target, "accept").await;
        let answer = alice.submit("password", &page, ALICE, PASSWORD).await;
        let answer = alice.follow(answer).await;
        assert_eq!(answer.error(), error, "{answer:?}");
        if error.is_empty() {
            assert_member(&answer, ALICE);
        }
    }
}
