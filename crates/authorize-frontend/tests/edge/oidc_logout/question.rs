//! `/u/logout`: the page and its answers.

use super::{BYE, SESSION, SPA, alice, asks, choose, is_signed_in, logout, sign_in, uri};
use crate::tenant::{ALICE, BOB};
use crate::{Answer, TestApp, authorize};

fn of_spa() -> String {
    logout(&[SPA, ("state", "a b&c")])
}

#[tokio::test]
async fn who_is_asked_by_whom() {
    let app = TestApp::start().await;
    let (mut browser, _) = alice(&app).await;
    let page = browser.get(&of_spa()).await;
    page.assert_page(200, "spa asks to sign you out");
    assert!(page.body.contains(ALICE));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("form-action 'self' https://app.example.test;"),
        "{policy}"
    );
    let nobody_named = browser.get(&logout(&[("ui_locales", "ja")])).await;
    nobody_named.assert_page(200, "サインアウトしますか？");
    assert!(!nobody_named.body.contains("サインアウトを求めています"));
    for answer in [&page, &nobody_named] {
        let headers = &answer.headers;
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["cache-control"], "no-store");
    }
    let wrong = [("ui_locales", "ja"), uri("https://x.test/")];
    let answer = browser.get(&logout(&wrong)).await;
    answer.assert_page(400, "<html lang=\"ja\">");
    let by_address = browser.open("/u/logout").await;
    assert!(asks(&by_address), "{by_address:?}");
}

#[tokio::test]
async fn yes() {
    let app = TestApp::start().await;
    for (target, status, location) in [
        (of_spa(), 303, format!("{BYE}?state=a%20b%26c")),
        (logout(&[("state", "a")]), 200, String::new()),
    ] {
        let (mut browser, _) = alice(&app).await;
        let thief = browser.clone();
        let page = browser.get(&target).await;
        let answer = choose(&mut browser, &page, "accept").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.location(), location);
        assert!(!browser.cookies.contains_key(SESSION));
        assert!(!is_signed_in(&thief).await);
        if location.is_empty() {
            answer.assert_page(200, "You are signed out");
        }
        // Sent again, the form finds no session, and leads to the same URL.
        let again = choose(&mut browser, &page, "accept").await;
        assert_eq!(again.location(), location);
    }
}

#[tokio::test]
async fn no() {
    let app = TestApp::start().await;
    let (mut browser, _) = alice(&app).await;
    let page = browser.get(&of_spa()).await;
    let answer = choose(&mut browser, &page, "deny").await;
    answer.assert_page(200, "You are still signed in");
    assert!(!answer.headers.contains_key("set-cookie"));
    let answer = choose(&mut browser, &page, "maybe").await;
    answer.assert_page(400, "data-error-code=\"invalid-action\"");
    assert!(is_signed_in(&browser).await);
}

/// A *yes* counts only for the session for which the page was shown.
#[tokio::test]
async fn sec_073_an_answer_needs_its_value() {
    let app = TestApp::start().await;
    let (mut browser, _) = alice(&app).await;
    let (mut other, _) = sign_in(&app, BOB).await;
    let page = browser.get(&of_spa()).await;
    let of_other = other.get(&of_spa()).await;
    let with = |state: &str, csrf: &str| Answer {
        body: format!("name=\"state\" value=\"{state}\" name=\"_csrf\" value=\"{csrf}\""),
        ..of_nothing()
    };
    let (state, csrf) = (page.field("state"), page.field("_csrf"));
    for forged in [
        with(state, ""),
        with(state, "forged"),
        with(state, of_other.field("_csrf")),
        with("client_id=partner", csrf),
        with("", csrf),
    ] {
        let answer = choose(&mut browser, &forged, "accept").await;
        answer.assert_page(403, "action=\"/u/logout\"");
        assert!(is_signed_in(&browser).await);
    }
    // The next user of the browser is asked again.
    let again = authorize(&[("prompt", "login")]);
    browser.sign_in(&again, BOB).await;
    let answer = choose(&mut browser, &page, "accept").await;
    answer.assert_page(403, BOB);
    assert!(is_signed_in(&browser).await);
}

fn of_nothing() -> Answer {
    Answer {
        status: http::StatusCode::OK,
        headers: http::HeaderMap::new(),
        body: String::new(),
    }
}

#[tokio::test]
async fn sec_209_without_the_cookie_of_pending_sign_ins() {
    let app = TestApp::start().await;
    let (mut browser, _) = alice(&app).await;
    let thief = browser.clone();
    browser.cookies.remove("__Host-doorward-browser");
    let page = browser.get(&of_spa()).await;
    let answer = choose(&mut browser, &page, "accept").await;
    assert_eq!(answer.status, 303);
    assert!(!is_signed_in(&thief).await);
}
