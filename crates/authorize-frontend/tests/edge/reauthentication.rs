//! The maximum age of a sign-in, and the effect of a new one on the session.

use std::time::Duration;

use doorward_service_kit::Clock;

use crate::session_cookies::SESSION;
use crate::tenant::{ALICE, BOB};
use crate::{Answer, Browser, TestApp, authorize};

const MINUTE: Duration = Duration::from_mins(1);

async fn silent(browser: &Browser<'_>, changes: &[(&str, &str)]) -> Answer {
    let changes = [&[("prompt", "none")], changes].concat();
    browser.clone().get(&authorize(&changes)).await
}

/// `auth_time` is in every ID token.
#[tokio::test]
async fn auth_time_is_that_of_the_password() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    let proved = app.clock.now().as_second();
    let target = authorize(&[]);
    assert_eq!(
        alice.sign_in(&target, ALICE).await.id_token()["auth_time"],
        proved
    );
    app.clock.advance(10 * MINUTE);
    for changes in [vec![], vec![("max_age", "601")], vec![("max_age", "3600")]] {
        let answer = silent(&alice, &changes).await;
        assert_eq!(answer.id_token()["auth_time"], proved, "{changes:?}");
        assert_eq!(answer.id_token()["iat"], proved + 600);
        let answer = alice.get(&authorize(&changes)).await;
        assert_eq!(answer.id_token()["auth_time"], proved, "{changes:?}");
    }
    for changes in [[("max_age", "600")], [("max_age", "1")], [("max_age", "0")]] {
        assert_eq!(silent(&alice, &changes).await.error(), "login_required");
        let answer = alice.get(&authorize(&changes)).await;
        assert!(answer.location().starts_with("/u/login/"), "{changes:?}");
    }
    for changes in [
        [("max_age", "600")],
        [("max_age", "0")],
        [("prompt", "login")],
    ] {
        app.clock.advance(10 * MINUTE);
        let answer = alice.sign_in(&authorize(&changes), ALICE).await;
        let now = app.clock.now().as_second();
        assert_eq!(answer.id_token()["auth_time"], now, "{changes:?}");
    }
}

/// The same user: the session stays, with a new cookie and a new absolute limit.
#[tokio::test]
async fn sec_077_by_the_same_user() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    let first = alice.sign_in(&authorize(&[]), ALICE).await;
    let earlier = alice.clone();
    // The tenant's sessions last ten hours, or one hour without use.
    for _ in 0..11 {
        app.clock.advance(50 * MINUTE);
        assert_eq!(silent(&alice, &[]).await.error(), "");
    }
    let login = authorize(&[("prompt", "login")]);
    let second = alice.sign_in(&login, ALICE).await;
    assert_eq!(second.id_token()["sid"], first.id_token()["sid"]);
    assert_ne!(alice.cookies[SESSION], earlier.cookies[SESSION]);
    assert_eq!(silent(&earlier, &[]).await.error(), "login_required");
    for _ in 0..11 {
        app.clock.advance(50 * MINUTE);
        assert_eq!(silent(&alice, &[]).await.error(), "");
    }
    app.clock.advance(50 * MINUTE);
    assert_eq!(silent(&alice, &[]).await.error(), "login_required");
}

/// Another user: a new session, and the old one ends.
#[tokio::test]
async fn sec_077_by_another_user() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let first = browser.sign_in(&authorize(&[]), ALICE).await;
    let earlier = browser.clone();
    let elsewhere = {
        let mut other = app.browser();
        other.sign_in(&authorize(&[]), ALICE).await;
        other
    };
    for changes in [[("prompt", "login")], [("prompt", "select_account")]] {
        let mut browser = browser.clone();
        let second = browser.sign_in(&authorize(&changes), BOB).await;
        assert_ne!(second.id_token()["sid"], first.id_token()["sid"]);
        assert_ne!(second.id_token()["sub"], first.id_token()["sub"]);
        let now = silent(&browser, &[]).await;
        assert_eq!(now.id_token()["sid"], second.id_token()["sid"]);
        assert_eq!(silent(&earlier, &[]).await.error(), "login_required");
    }
    assert_eq!(silent(&elsewhere, &[]).await.error(), "");
}

/// A hint with an ID token for another application, or of an unknown user, names no user.
#[tokio::test]
async fn sec_094_hints_that_are_refused() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    let granted = [("client_id", "granted"), ("redirect_uri", "")];
    let of_another = alice.sign_in(&authorize(&granted), ALICE).await;
    let own = alice.get(&authorize(&[])).await;
    let own = own.parameter("id_token").unwrap();
    let access_token = alice
        .get(&authorize(&[("audience", crate::tenant::API)]))
        .await
        .parameter("access_token")
        .unwrap();
    let (unsigned, _) = own.rsplit_once('.').unwrap();
    for hint in [
        of_another.parameter("id_token").unwrap(),
        access_token,
        format!("{unsigned}."),
        own.replace('.', "A."),
        "x".to_owned(),
    ] {
        let answer = silent(&alice, &[("id_token_hint", &hint)]).await;
        assert_eq!(answer.error(), "invalid_request", "{hint}");
    }
    let answer = silent(&alice, &[("id_token_hint", &own)]).await;
    assert_eq!(answer.error(), "");
}
