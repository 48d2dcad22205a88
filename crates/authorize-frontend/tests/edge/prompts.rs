//! The pages for `prompt` and `screen_hint`, with and without a session.

use crate::tenant::{ALICE, BOB, PASSWORD};
use crate::{Browser, TestApp, authorize};

const LOGIN: &str = "/u/login/identifier";
const SIGNUP: &str = "/u/signup";
const CONSENT: &str = "/u/consent";
/// The callback of the application.
const CALLBACK: &str = "https://app.example.test/cb";

/// The target of a request, without parameters.
async fn lands(browser: &Browser<'_>, target: &str) -> String {
    let answer = browser.clone().get(target).await;
    let end = answer.location().find(['?', '#']);
    answer.location()[..end.unwrap_or_default()].to_owned()
}

#[tokio::test]
async fn the_page_for_each_prompt() {
    let app = TestApp::start().await;
    let nobody = app.browser();
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    for (prompt, screen_hint, without, with) in [
        ("", "", LOGIN, CALLBACK),
        ("", "signup", SIGNUP, CALLBACK),
        ("", "anything", LOGIN, CALLBACK),
        ("unknown", "", LOGIN, CALLBACK),
        ("login", "", LOGIN, LOGIN),
        ("login", "signup", SIGNUP, SIGNUP),
        ("consent", "", LOGIN, CONSENT),
        ("consent login", "", LOGIN, LOGIN),
        ("select_account", "", LOGIN, LOGIN),
        ("select_account", "signup", SIGNUP, SIGNUP),
        ("none", "", CALLBACK, CALLBACK),
        ("none", "signup", CALLBACK, CALLBACK),
    ] {
        let target = authorize(&[("prompt", prompt), ("screen_hint", screen_hint)]);
        let landed = (lands(&nobody, &target).await, lands(&alice, &target).await);
        let name = format!("{prompt} {screen_hint}");
        assert_eq!((&*landed.0, &*landed.1), (without, with), "{name}");
    }
    let silent = authorize(&[("prompt", "none")]);
    assert_eq!(nobody.clone().get(&silent).await.error(), "login_required");
    assert_eq!(alice.clone().get(&silent).await.error(), "");
}

/// First the login, then consent, although the application needs none.
#[tokio::test]
async fn consent_after_the_login_that_it_needs() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let target = authorize(&[("prompt", "consent")]);
    for _ in 0..2 {
        let page = if browser.cookies.is_empty() {
            browser.sign_in(&target, ALICE).await
        } else {
            browser.open(&target).await
        };
        assert!(page.body.contains("action=\"/u/consent\""), "{}", page.body);
        let answer = browser.choose("consent", &page, "accept").await;
        let answer = browser.follow(answer).await;
        assert!(answer.parameter("id_token").is_some(), "{}", answer.body);
    }
}

/// The form has the account of the session, and the user can type another one (OIDC Core §3.1.2.1).
#[tokio::test]
async fn select_account_offers_the_one_that_is_known() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    let select = ("prompt", "select_account");
    for (browser, changes, offered) in [
        (&alice, vec![select], ALICE),
        (&alice, vec![("prompt", "select_account login")], ALICE),
        (&alice, vec![select, ("login_hint", BOB)], BOB),
        (&alice, vec![("prompt", "login")], ""),
        (&app.browser(), vec![select], ""),
    ] {
        let page = browser.clone().open(&authorize(&changes)).await;
        assert!(page.body.contains("action=\"/u/login/identifier\""));
        for email in [ALICE, BOB] {
            let value = format!("value=\"{email}\"");
            assert_eq!(page.body.contains(&value), email == offered, "{changes:?}");
        }
    }
    for email in [ALICE, BOB] {
        let mut browser = alice.clone();
        let answer = browser.sign_in(&authorize(&[select]), email).await;
        assert!(answer.parameter("id_token").is_some(), "{}", answer.body);
    }
}

/// `login_hint` fills in a form, but does not cause one.
#[tokio::test]
async fn a_login_hint_is_a_hint() {
    let app = TestApp::start().await;
    let hinted = authorize(&[("login_hint", BOB)]);
    let page = app.browser().open(&hinted).await;
    assert!(page.body.contains(&format!("value=\"{BOB}\"")));
    let mut alice = app.browser();
    let before = alice.sign_in(&authorize(&[]), ALICE).await;
    let answer = alice.get(&hinted).await;
    assert_eq!(answer.id_token()["sub"], before.id_token()["sub"]);
}

/// Single sign-on spans the tenant: a session from another connection is accepted. But at a login, only users of the
/// requested connection can sign in.
#[tokio::test]
async fn a_connection_that_is_named() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    let answer = alice.get(&authorize(&[("connection", "staff")])).await;
    assert!(answer.parameter("id_token").is_some());
    for (connection, status) in [("staff", 400), ("users", 303)] {
        let target = authorize(&[("connection", connection), ("prompt", "login")]);
        let page = alice.password_page(&target, ALICE).await;
        let answer = alice.submit("password", &page, ALICE, PASSWORD).await;
        assert_eq!(answer.status, status, "{connection}");
    }
}
