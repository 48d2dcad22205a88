//! `/v2/logout`, and what is left of a sign-in after it.

use axum::body::Body;
use http::Request;

use crate::tenant::{ALICE, API};
use crate::{Answer, Browser, TestApp, authorize};

const BYE: &str = "https://app.example.test/bye";

async fn silent_error(browser: &mut Browser<'_>) -> String {
    browser.get(&authorize(&[("prompt", "none")])).await.error()
}

/// Whatever is answered, the session is over, for a copied cookie as well.
#[tokio::test]
async fn a_logout_ends_the_session() {
    let app = TestApp::start().await;
    for (query, status, location) in [
        (
            format!("?client_id=spa&returnTo={BYE}%3Fa%3Db"),
            302,
            "https://app.example.test/bye?a=b",
        ),
        ("?client_id=spa&federated".to_owned(), 302, BYE),
        (String::new(), 200, ""),
        (
            "?client_id=spa&returnTo=https://evil.test/".to_owned(),
            400,
            "",
        ),
        (format!("?returnTo={BYE}"), 400, ""),
    ] {
        let mut alice = app.browser();
        alice.sign_in(&authorize(&[]), ALICE).await;
        let mut thief = alice.clone();
        let answer = alice.get(&format!("/v2/logout{query}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.location()),
            (status, location)
        );
        assert!(
            !alice.cookies.contains_key("__Host-doorward-session"),
            "{query}"
        );
        assert_eq!(silent_error(&mut thief).await, "login_required", "{query}");
    }
}

#[tokio::test]
async fn sec_071_no_image_signs_anybody_out() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    for destination in ["image", "iframe", "empty"] {
        let request = Request::get("/v2/logout").header("sec-fetch-dest", destination);
        let answer = alice.send(request.body(Body::empty()).unwrap()).await;
        answer.assert_page(400, "invalid_request: ");
    }
    assert_eq!(silent_error(&mut alice).await, "");
}

/// Access tokens outlive the session, but not themselves, whichever form they have.
#[tokio::test]
async fn userinfo_until_the_token_expires() {
    let app = TestApp::start().await;
    let mut tokens = Vec::new();
    for audience in ["", API] {
        let answer = app
            .browser()
            .sign_in(&authorize(&[("audience", audience)]), ALICE)
            .await;
        tokens.push(answer.parameter("access_token").unwrap());
    }
    for (seconds, status) in [(0, 200), (7100, 200), (200, 401)] {
        app.clock.advance(std::time::Duration::from_secs(seconds));
        for token in &tokens {
            assert_eq!(userinfo(&app, token).await.status, status);
        }
    }
}

async fn userinfo(app: &TestApp, token: &str) -> Answer {
    let request = Request::get("/userinfo").header("authorization", format!("Bearer {token}"));
    app.browser()
        .send(request.body(Body::empty()).unwrap())
        .await
}
