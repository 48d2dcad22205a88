//! Services that fail in the middle of an acceptance.

use super::*;
use crate::Backend;

/// The membership exists, and the user is told to try again. The request goes on with the same user.
#[tokio::test]
async fn an_acceptance_that_fails_half_way_is_completed() {
    let app = start().await;
    verify(ALICE, &app.channels).await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    let ticket = invite(ALICE, &app).await;
    let page = browser.open(&link(&ticket, &[])).await;
    app.kill(Backend::Identity);
    let answer = browser.choose("invitation", &page, "accept").await;
    answer.assert_page(503, "temporarily_unavailable: ");
    let again = format!("/u/invitation?state={}", page.field("state"));
    assert_member(&browser.open(&again).await, ALICE);
}

/// Another user who signs in meanwhile does not get what this one has accepted.
#[tokio::test]
async fn an_acceptance_goes_on_with_its_own_user_only() {
    let app = start().await;
    verify(ALICE, &app.channels).await;
    let mut bob = app.browser();
    bob.sign_in(&authorize(&[]), BOB).await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    let ticket = invite(ALICE, &app).await;
    let page = browser.open(&link(&ticket, &[])).await;
    let answer = browser.choose("invitation", &page, "accept").await;
    let bobs = bob.cookies[SESSION].clone();
    browser.cookies.insert(SESSION.to_owned(), bobs);
    let page = browser.follow(answer).await;
    page.assert_page(200, "alice@example.test");
    page.assert_page(200, "readonly");
}

/// Nothing is said about the ticket, and the page stays open.
#[tokio::test]
async fn without_the_organizations_nothing_is_accepted() {
    let app = start().await;
    let ticket = invite(CAROL, &app).await;
    let mut browser = app.browser();
    let page = browser.open(&link(&ticket, &[])).await;
    app.kill(Backend::Organization);
    let answer = browser.choose("invitation", &page, "accept").await;
    assert_eq!(answer.error(), "temporarily_unavailable");
    let answer = app.browser().get(&link(&ticket, &[])).await;
    assert_eq!(answer.error(), "temporarily_unavailable");
    let answer = app
        .browser()
        .get(&format!(
            "/u/invitation/start?invitation={ticket}&organization={CLUB}"
        ))
        .await;
    answer.assert_page(503, "temporarily_unavailable: ");
}
