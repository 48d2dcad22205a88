//! Outages of backends: no answer is a false *no*, and all users stay signed in.

use http::Request;

use crate::tenant::{ACME, ALICE, API, CALLBACK, PASSWORD};
use crate::{Answer, Backend, Browser, TestApp, authorize};

const SILENT: (&str, &str) = ("prompt", "none");

fn assert_unavailable(answer: &Answer) {
    assert_eq!(answer.error(), "temporarily_unavailable", "{answer:?}");
    assert!(answer.location().starts_with(CALLBACK));
    assert!(answer.parameter("state").is_some());
    assert!(!answer.headers.contains_key("set-cookie"));
}

async fn signed_in(app: &TestApp) -> (Browser<'_>, Answer) {
    let mut alice = app.browser();
    let answer = alice.sign_in(&authorize(&[("audience", API)]), ALICE).await;
    assert!(answer.parameter("id_token").is_some());
    (alice, answer)
}

/// Without `client-registry` no callback can be verified; requests for objects in the cache still work.
#[tokio::test]
async fn client_registry() {
    let mut app = TestApp::start().await;
    let cookies = {
        let (mut alice, _) = signed_in(&app).await;
        app.kill(Backend::ClientRegistry);
        assert_eq!(alice.get(&authorize(&[SILENT])).await.error(), "");
        alice.cookies
    };
    app.restart();
    let mut alice = app.browser();
    alice.cookies = cookies;
    let answer = alice.get(&authorize(&[SILENT])).await;
    answer.assert_page(503, "temporarily_unavailable: ");
    assert!(answer.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn session() {
    let app = TestApp::start().await;
    let (mut alice, _) = signed_in(&app).await;
    let mut bob = app.browser();
    let page = bob.password_page(&authorize(&[]), ALICE).await;
    app.kill(Backend::Session);
    assert_unavailable(&alice.get(&authorize(&[SILENT])).await);
    assert_unavailable(&alice.get(&authorize(&[])).await);
    assert_unavailable(&app.browser().get(&authorize(&[])).await);
    let answer = bob.submit("password", &page, ALICE, PASSWORD).await;
    answer.assert_page(503, "temporarily_unavailable: ");
    let answer = alice.get("/v2/logout?client_id=spa").await;
    answer.assert_page(503, "temporarily_unavailable: ");
    assert!(
        !answer.headers.contains_key("set-cookie"),
        "a logout that did not happen"
    );
}

/// Sessions stay, and a user who signs in can try again on the same page.
#[tokio::test]
async fn identity() {
    let app = TestApp::start().await;
    let (mut alice, _) = signed_in(&app).await;
    let mut bob = app.browser();
    let page = bob.password_page(&authorize(&[]), ALICE).await;
    app.kill(Backend::Identity);
    assert_eq!(alice.get(&authorize(&[SILENT])).await.error(), "");
    let answer = bob.submit("password", &page, ALICE, PASSWORD).await;
    answer.assert_page(503, "temporarily_unavailable: ");
}

#[tokio::test]
async fn organization() {
    let app = TestApp::start().await;
    let (mut alice, _) = signed_in(&app).await;
    app.kill(Backend::Organization);
    assert_unavailable(
        &alice
            .get(&authorize(&[SILENT, ("organization", ACME)]))
            .await,
    );
    assert_unavailable(&alice.get(&authorize(&[("organization", ACME)])).await);
    assert_eq!(alice.get(&authorize(&[SILENT])).await.error(), "");
}

#[tokio::test]
async fn token_signing() {
    let mut app = TestApp::start().await;
    let (mut alice, answer) = signed_in(&app).await;
    let cookies = alice.cookies.clone();
    let hint = answer.parameter("id_token").unwrap();
    let access_token = answer.parameter("access_token").unwrap();
    app.kill(Backend::TokenSigning);
    assert_unavailable(&alice.get(&authorize(&[SILENT])).await);

    // A frontend without the public keys cannot verify tokens.
    app.restart();
    let mut alice = app.browser();
    alice.cookies = cookies;
    assert_unavailable(
        &alice
            .get(&authorize(&[SILENT, ("id_token_hint", &hint)]))
            .await,
    );
    let bearer = format!("Bearer {access_token}");
    let userinfo = Request::get("/userinfo").header("authorization", bearer);
    for request in [userinfo, Request::get("/.well-known/jwks.json")] {
        let answer = alice
            .send(request.body(String::new().into()).unwrap())
            .await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.headers["content-type"], "application/json");
        assert!(answer.body.contains("\"temporarily_unavailable\""));
    }
}
