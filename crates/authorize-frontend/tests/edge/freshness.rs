//! Which sign-ins satisfy a request: their age and their user.

use std::time::Duration;

use crate::tenant::{ALICE, BOB, PASSWORD, block};
use crate::{Browser, TestApp, authorize};

const MINUTE: Duration = Duration::from_mins(1);

async fn silent_error(browser: &mut Browser<'_>) -> String {
    let answer = browser.get(&authorize(&[("prompt", "none")])).await;
    answer.error()
}

/// The tenant's sessions last ten hours, or one hour without use.
#[tokio::test]
async fn a_session_ends_by_idleness_and_by_age() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    for _ in 0..11 {
        app.clock.advance(50 * MINUTE);
        assert_eq!(silent_error(&mut alice).await, "");
    }
    app.clock.advance(50 * MINUTE);
    assert_eq!(silent_error(&mut alice).await, "login_required");

    alice.sign_in(&authorize(&[]), ALICE).await;
    app.clock.advance(61 * MINUTE);
    assert_eq!(silent_error(&mut alice).await, "login_required");
}

#[tokio::test]
async fn max_age_counts_from_the_password() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    app.clock.advance(Duration::from_secs(100));
    for (max_age, asks) in [("101", false), ("100", true), ("0", true)] {
        let answer = alice.get(&authorize(&[("max_age", max_age)])).await;
        assert_eq!(
            answer.location().starts_with("/u/login/"),
            asks,
            "{max_age}"
        );
    }
    let answer = alice.sign_in(&authorize(&[("max_age", "0")]), ALICE).await;
    assert!(answer.parameter("id_token").is_some());
    assert_eq!(
        alice.get(&authorize(&[("max_age", "100")])).await.error(),
        ""
    );
}

#[tokio::test]
async fn sec_077_every_sign_in_makes_a_new_cookie() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    for email in [ALICE, BOB] {
        let mut earlier = browser.clone();
        let answer = browser
            .sign_in(&authorize(&[("prompt", "login")]), email)
            .await;
        assert!(answer.parameter("id_token").is_some());
        assert_ne!(browser.cookies, earlier.cookies);
        assert_eq!(silent_error(&mut earlier).await, "login_required");
    }
}

#[tokio::test]
async fn a_hint_of_another_user() {
    let app = TestApp::start().await;
    let (mut alice, mut bob) = (app.browser(), app.browser());
    let hint = alice.sign_in(&authorize(&[]), ALICE).await;
    let hint = hint.parameter("id_token").unwrap();
    bob.sign_in(&authorize(&[]), BOB).await;
    // An expired hint works like a new one.
    app.clock.advance(24 * 60 * MINUTE);
    bob.sign_in(&authorize(&[]), BOB).await;

    let hinted = authorize(&[("id_token_hint", &hint)]);
    let silent = bob.get(&format!("{hinted}&prompt=none")).await;
    assert_eq!(silent.error(), "login_required");
    // The user was asked and is still Bob: asking again would never end.
    assert_eq!(bob.sign_in(&hinted, BOB).await.error(), "login_required");
    assert!(
        bob.sign_in(&hinted, ALICE)
            .await
            .parameter("id_token")
            .is_some()
    );
}

#[tokio::test]
async fn a_blocked_user_is_told_so_after_the_password() {
    let app = TestApp::start().await;
    block(ALICE, &app.channels).await;
    let mut alice = app.browser();
    let page = alice.password_page(&authorize(&[]), ALICE).await;
    let wrong = alice.submit("password", &page, ALICE, "wrong").await;
    wrong.assert_page(400, "data-error-code=\"wrong-email-credentials\"");
    let right = alice.submit("password", &page, ALICE, PASSWORD).await;
    assert_eq!(right.error(), "unauthorized");
    assert_eq!(
        right.parameter("error_description").as_deref(),
        Some("user is blocked")
    );
    assert_eq!(silent_error(&mut alice).await, "login_required");
}

#[tokio::test]
async fn a_sign_in_takes_an_hour_at_most() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    let page = alice.password_page(&authorize(&[]), ALICE).await;
    app.clock.advance(61 * MINUTE);
    let late = alice.submit("password", &page, ALICE, PASSWORD).await;
    late.assert_page(400, "Please start again");
}

/// `select_account` shows the login page despite the session, and the answer is for the user who signs in there.
#[tokio::test]
async fn choosing_an_account() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    let target = authorize(&[("prompt", "select_account")]);
    assert!(
        browser
            .get(&target)
            .await
            .location()
            .starts_with("/u/login/")
    );
    let answer = browser.sign_in(&target, BOB).await;
    assert!(answer.parameter("id_token").is_some());
}
