//! Refused forms, and browsers without a session.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use tokio::time::timeout;

use super::{
    NOBODY, NOTHING_CHANGED, PAGE, SESSION, is_signed_in, revoke, revoke_others, signed_in, two,
};
use crate::tenant::{ALICE, BOB, block};
use crate::{Answer, Browser, TestApp, authorize};

/// The time in which a block reaches the sessions.
const PATIENCE: Duration = Duration::from_secs(30);

async fn send(
    browser: &mut Browser<'_>,
    page: &Answer,
    action: &str,
    sid: &str,
    csrf: &str,
) -> Answer {
    assert_ne!(page.field("_csrf"), "");
    let fields = [("_csrf", csrf), ("sid", sid), ("action", action)];
    browser.post(PAGE, &fields).await
}

/// SEC-073, SEC-074.
#[tokio::test]
async fn a_form_needs_its_value() {
    let app = TestApp::start().await;
    let (mut here, other, page, sid) = two(&app).await;
    let of_other = other.clone().get(PAGE).await;
    let of_logout = here.get("/oidc/logout").await;
    for csrf in [
        "",
        "forged",
        of_other.field("_csrf"),
        of_logout.field("_csrf"),
    ] {
        for action in ["revoke", "revoke-others"] {
            let answer = send(&mut here, &page, action, &sid, csrf).await;
            answer.assert_page(403, NOTHING_CHANGED);
            assert!(is_signed_in(&here).await && is_signed_in(&other).await);
        }
    }
    let csrf = page.field("_csrf").to_owned();
    let answer = send(&mut here, &page, "end", &sid, &csrf).await;
    answer.assert_page(400, NOTHING_CHANGED);
    // The anti-CSRF value of this page is not valid for another page.
    let fields = [("state", ""), ("_csrf", &csrf), ("action", "accept")];
    here.post("/u/logout", &fields).await.assert_page(403, "");
    assert!(is_signed_in(&here).await && is_signed_in(&other).await);
}

/// The page is for the user who was signed in at that time.
#[tokio::test]
async fn a_page_from_before_the_next_sign_in() {
    let app = TestApp::start().await;
    let (mut here, other, page, sid) = two(&app).await;
    for next in [ALICE, BOB] {
        let again = authorize(&[("prompt", "login")]);
        here.sign_in(&again, next).await;
        let answer = revoke(&mut here, &page, &sid).await;
        answer.assert_page(403, NOTHING_CHANGED);
        let answer = revoke_others(&mut here, &page).await;
        answer.assert_page(403, NOTHING_CHANGED);
        assert!(is_signed_in(&here).await && is_signed_in(&other).await);
    }
}

/// SEC-071: a page of another site cannot use or end a session.
#[tokio::test]
async fn only_a_page_of_ours_asks() {
    let app = TestApp::start().await;
    let (mut here, other, page, sid) = two(&app).await;
    for destination in ["image", "script", "iframe", "empty"] {
        here.headers
            .insert("sec-fetch-dest", destination.parse().unwrap());
        for answer in [here.get(PAGE).await, revoke(&mut here, &page, &sid).await] {
            answer.assert_page(400, "invalid_request");
            assert!(!answer.body.contains(ALICE));
        }
    }
    here.headers
        .insert("sec-fetch-dest", "document".parse().unwrap());
    for (header, value) in [
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.test"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let mut foreign = here.clone();
        foreign.headers.insert(header, value.parse().unwrap());
        let answer = revoke(&mut foreign, &page, &sid).await;
        answer.assert_page(403, NOTHING_CHANGED);
        assert!(is_signed_in(&other).await);
    }
    here.headers
        .insert("sec-fetch-site", "cross-site".parse().unwrap());
    let by_link = here.get(PAGE).await;
    by_link.assert_page(200, "This browser");
    let json = Request::post(PAGE)
        .header("content-type", "application/json")
        .body(Body::from("{}"));
    let answer = here.send(json.unwrap()).await;
    assert_eq!(answer.status, 415);
}

async fn assert_nobody(browser: &mut Browser<'_>, page: &Answer, sid: &str) {
    let cookie = browser.cookies.get(SESSION).cloned();
    for answer in [
        browser.get(PAGE).await,
        revoke(browser, page, sid).await,
        revoke_others(browser, page).await,
    ] {
        answer.assert_page(403, NOBODY);
        assert!(!answer.body.contains("<form"), "{}", answer.body);
        assert!(!answer.body.contains(ALICE), "{}", answer.body);
    }
    assert_eq!(browser.cookies.get(SESSION), cookie.as_ref());
}

#[tokio::test]
async fn nobody_is_signed_in() {
    let app = TestApp::start().await;
    let (mut here, other, page, sid) = two(&app).await;
    assert_nobody(&mut app.browser(), &page, &sid).await;
    let mut ended = here.clone();
    here.get("/v2/logout").await;
    assert_nobody(&mut here, &page, &sid).await;
    assert_nobody(&mut ended, &page, &sid).await;
    assert!(is_signed_in(&other).await);
    let mut garbled = app.browser();
    garbled.cookies.insert(SESSION.to_owned(), "x".to_owned());
    garbled.get(PAGE).await.assert_page(403, NOBODY);
}

/// The store still finds sessions that a block has ended, so that applications get the reason.
#[tokio::test]
async fn a_blocked_user_has_no_sessions() {
    let app = TestApp::start().await;
    let (mut here, _, page, sid) = two(&app).await;
    block(ALICE, &app.channels).await;
    let silent = authorize(&[("prompt", "none")]);
    let heard_of = async {
        while here.get(&silent).await.error() != "unauthorized" {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, heard_of).await.unwrap();
    assert_nobody(&mut here, &page, &sid).await;
    signed_in(&app, BOB)
        .await
        .get(PAGE)
        .await
        .assert_page(200, BOB);
}
