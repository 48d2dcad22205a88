//! Foreign and malformed session cookies.

use crate::tenant::{ALICE, BOB};
use crate::{Browser, TestApp, authorize};

pub(crate) const SESSION: &str = "__Host-doorward-session";

async fn silent_error(browser: &Browser<'_>) -> String {
    let silent = authorize(&[("prompt", "none")]);
    browser.clone().get(&silent).await.error()
}

/// A browser with this session cookie.
fn with<'a>(app: &'a TestApp, value: &str) -> Browser<'a> {
    let mut browser = app.browser();
    browser.cookies.insert(SESSION.to_owned(), value.to_owned());
    browser
}

fn flipped(value: &str, at: usize) -> String {
    let flip = |(index, char): (usize, char)| match (index == at, char) {
        (true, 'x') => 'y',
        (true, _) => 'x',
        (false, char) => char,
    };
    value.chars().enumerate().map(flip).collect()
}

/// Every request behaves as without a session, and a session with a similar cookie stays.
#[tokio::test]
async fn sec_081_a_cookie_that_is_none() {
    let (app, elsewhere) = (TestApp::start().await, TestApp::start().await);
    let (mut alice, mut bob) = (app.browser(), app.browser());
    let answer = alice.sign_in(&authorize(&[]), ALICE).await;
    bob.sign_in(&authorize(&[]), BOB).await;
    let (own, of_bob) = (alice.cookies[SESSION].clone(), bob.cookies[SESSION].clone());
    let mut stranger = elsewhere.browser();
    stranger.sign_in(&authorize(&[]), ALICE).await;
    let last = own.len() - 1;
    let sid = answer.id_token()["sid"].as_str().unwrap().to_owned();
    for value in [
        String::new(),
        own[..last].to_owned(),
        own[1..].to_owned(),
        format!("{own}x"),
        flipped(&own, 0),
        flipped(&own, 22),
        flipped(&own, last),
        own.to_lowercase(),
        own.to_uppercase(),
        format!("\"{own}\""),
        format!("{own}%00"),
        format!("{own},{own}"),
        // The slot of one user with the secret of another.
        format!("{}{}", &own[..22], &of_bob[22..]),
        "x".repeat(own.len()),
        "x".repeat(10_000),
        "é".repeat(27),
        sid,
        // Well-formed, but from another deployment.
        stranger.cookies[SESSION].clone(),
        // Two cookies: it is unclear which one counts.
        format!("{own}; {SESSION}={of_bob}"),
        format!("{own}; {SESSION}={own}"),
        format!("; {SESSION}={own}"),
        format!("{}; {SESSION}={own}", "x".repeat(10_000)),
    ] {
        let browser = with(&app, &value);
        assert_eq!(
            silent_error(&browser).await,
            "login_required",
            "{value:.200}"
        );
        let answer = browser.clone().get(&authorize(&[])).await;
        let page = "/u/login/identifier";
        assert!(answer.location().starts_with(page), "{value:.200}");
    }
    assert_eq!(silent_error(&alice).await, "");
    assert_eq!(silent_error(&bob).await, "");
}

/// The user can sign in, which replaces the cookie.
#[tokio::test]
async fn a_sign_in_replaces_it() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    let own = alice.cookies[SESSION].clone();
    for value in [
        "x".to_owned(),
        "x".repeat(own.len()),
        "x".repeat(10_000),
        format!("{own}; {SESSION}=x"),
    ] {
        let mut browser = with(&app, &value);
        let answer = browser.sign_in(&authorize(&[]), ALICE).await;
        assert!(answer.parameter("id_token").is_some(), "{value:.200}");
        assert_eq!(browser.cookies[SESSION].len(), own.len());
        assert_eq!(silent_error(&browser).await, "");
    }
    // A cookie that does not count has ended no session.
    assert_eq!(silent_error(&alice).await, "");
}

/// After a confirmed sign-out, none of the cookies has a session.
#[tokio::test]
async fn a_logout_by_a_cookie_that_is_none() {
    let app = TestApp::start().await;
    for (path, page) in [("/v2/logout", "signed out"), ("/oidc/logout", "signed out")] {
        let (mut alice, mut bob) = (app.browser(), app.browser());
        alice.sign_in(&authorize(&[]), ALICE).await;
        bob.sign_in(&authorize(&[]), BOB).await;
        for value in ["", "x", &"x".repeat(54), &"x".repeat(10_000)] {
            let answer = with(&app, value).get(path).await;
            answer.assert_page(200, page);
        }
        let both = format!(
            "{}; {SESSION}={}",
            alice.cookies[SESSION], bob.cookies[SESSION]
        );
        with(&app, &both).get(path).await.assert_page(200, page);
        for browser in [alice, bob] {
            assert_eq!(silent_error(&browser).await, "login_required", "{path}");
        }
    }
}
