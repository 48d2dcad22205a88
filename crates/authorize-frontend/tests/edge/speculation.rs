//! Speculative requests change nothing.

use http::header::{CACHE_CONTROL, SET_COOKIE};

use crate::tenant::{ALICE, PASSWORD};
use crate::{Answer, Browser, TestApp, authorize};

const MARKS: [(&str, &str); 5] = [
    ("sec-purpose", "prefetch"),
    ("sec-purpose", "prefetch;prerender"),
    ("purpose", "prefetch"),
    ("x-purpose", "preview"),
    ("x-moz", "prefetch"),
];

fn marked<'a>(browser: &Browser<'a>, (name, value): (&'static str, &str)) -> Browser<'a> {
    let mut browser = browser.clone();
    for (name, value) in [
        (name, value),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-mode", "navigate"),
    ] {
        browser.headers.insert(name, value.parse().unwrap());
    }
    browser
}

#[track_caller]
fn assert_thrown_away(answer: &Answer) {
    // Browsers repeat the request only if the status is no 2xx.
    answer.assert_page(503, "temporarily_unavailable");
    assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
    assert!(!answer.headers.contains_key(SET_COOKIE));
}

/// SEC-071, SEC-208.
#[tokio::test]
async fn no_tokens_no_transaction_and_no_logout() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    for mark in MARKS {
        let mut ahead = marked(&browser, mark);
        for target in [
            &*authorize(&[]),
            &authorize(&[("prompt", "none")]),
            &authorize(&[("prompt", "login")]),
            "/v2/logout",
            "/v2/logout?client_id=spa",
            "/oidc/logout",
            "/u/sessions",
            "/u/logout",
            "/login",
        ] {
            assert_thrown_away(&ahead.get(target).await);
        }
        assert_thrown_away(&marked(&app.browser(), mark).get(&authorize(&[])).await);
    }
    let silent = authorize(&[("prompt", "none")]);
    assert_eq!(browser.get(&silent).await.error(), "");
}

/// The sign-in stays at its stage, and the page still works.
#[tokio::test]
async fn no_step_of_a_sign_in() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.password_page(&authorize(&[]), ALICE).await;
    let state = page.field("state");
    let mut ahead = marked(&browser, MARKS[1]);
    for path in ["authorize/resume", "u/login/password", "u/consent"] {
        assert_thrown_away(&ahead.get(&format!("/{path}?state={state}")).await);
    }
    let answer = ahead.submit("password", &page, ALICE, PASSWORD).await;
    assert_thrown_away(&answer);
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    let answer = browser.follow(answer).await;
    assert!(answer.parameter("access_token").is_some());
}

#[tokio::test]
async fn what_changes_nothing_may_be_fetched_ahead() {
    let app = TestApp::start().await;
    for mark in MARKS {
        for path in [
            "/.well-known/openid-configuration",
            "/.well-known/jwks.json",
            "/u/assets/doorward.css",
        ] {
            let answer = marked(&app.browser(), mark).get(path).await;
            assert_eq!(answer.status, 200, "{path}");
        }
    }
}
