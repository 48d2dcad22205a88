//! `/v2/logout` and its effect.

use axum::body::Body;
use http::Request;
use url::form_urlencoded;

use crate::browser::assert_signed_out;
use crate::tenant::{ALICE, API};
use crate::{Answer, Backend, Browser, TestApp, authorize};

const BYE: &str = "https://app.example.test/bye";

async fn silent_error(browser: &mut Browser<'_>) -> String {
    browser.get(&authorize(&[("prompt", "none")])).await.error()
}

/// The session ends with every response, also for a copied cookie.
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

/// Without a session it leads to the same URLs: those of the named application, or else of the tenant. The entries
/// match every query and fragment.
#[tokio::test]
async fn where_it_leads() {
    let app = TestApp::start().await;
    let tenants = "https://example.test/signed-out";
    let with_query = format!("{BYE}?a=b&c=%20#end");
    let shouted = "HTTPS://APP.example.test/bye";
    let partners = "https://partner.example.test/bye";
    let of_many = "https://a.partner.example.test/bye";
    let spa = ("client_id", "spa");
    let partner = ("client_id", "partner");
    let go = |url| ("returnTo", url);
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[spa, go(BYE)], BYE),
        (&[spa, go(&with_query)], &with_query),
        (&[spa, go(shouted)], shouted),
        (&[partner, go(partners)], partners),
        (&[partner, go(of_many)], of_many),
        (&[go(tenants)], tenants),
        (&[("client_id", "unknown"), go(tenants)], tenants),
        // A repeated parameter counts as absent.
        (&[spa, partner, go(tenants)], tenants),
        // The first URL of the application, unless it has a placeholder; never one of the tenant.
        (&[spa], BYE),
        (&[spa, go("")], BYE),
        (&[spa, ("federated", "")], BYE),
        (&[partner], "https://partner.example.test/bye?from=us"),
        (&[("client_id", "wildcard")], ""),
        (&[("client_id", "unknown")], ""),
        (&[], ""),
    ];
    for (params, location) in cases {
        let answer = app.browser().get(&logout(params)).await;
        assert_signed_out(&answer, location, params);
    }
}

#[tokio::test]
async fn sec_204_to_206_where_it_does_not_lead() {
    let app = TestApp::start().await;
    for (client_id, url) in [
        ("spa", "https://evil.test/bye"),
        ("spa", "//evil.test"),
        ("spa", "/\\evil.test"),
        ("spa", "https:evil.test"),
        ("spa", "javascript:alert(1)"),
        ("spa", "http://app.example.test/bye"),
        ("spa", "https://app.example.test/BYE"),
        ("spa", "https://app.example.test:8443/bye"),
        ("spa", "https://x@app.example.test/bye"),
        ("spa", "https://app.example.test@evil.test/bye"),
        ("spa", "https://app.example.test/bye/../else"),
        ("spa", "https://partner.example.test/bye"),
        ("spa", "https://example.test/signed-out"),
        ("", BYE),
        ("unknown", BYE),
        ("wildcard", "https://a.b.preview.example.test/bye"),
    ] {
        let (mut alice, thief) = two(&app).await;
        let params = [("client_id", client_id), ("returnTo", url)];
        let answer = alice.get(&logout(&params)).await;
        answer.assert_page(400, "is not defined as a valid URL in");
        assert!(!answer.body.contains("href=\"https://evil"), "{url}");
        let error = silent_error(&mut thief.clone()).await;
        assert_eq!(error, "login_required", "{client_id} {url}");
    }
}

/// A third-party application in strict mode has no logout endpoints: nothing changes.
#[tokio::test]
async fn a_strict_application_signs_nobody_out() {
    let app = TestApp::start().await;
    let (mut alice, _) = two(&app).await;
    let strict = ("client_id", "strict");
    for params in [
        vec![strict],
        vec![strict, ("returnTo", "https://example.test/signed-out")],
        vec![strict, ("returnTo", "https://evil.test/")],
    ] {
        let answer = alice.get(&logout(&params)).await;
        answer.assert_page(400, "Logout is not allowed for this client");
        assert!(!answer.headers.contains_key("set-cookie"));
        assert_eq!(silent_error(&mut alice.clone()).await, "", "{params:?}");
    }
}

/// Ending a session needs only the session store: without the registry the user is signed out, but not redirected.
#[tokio::test]
async fn the_registry_is_gone() {
    let mut app = TestApp::start().await;
    let cookies = two(&app).await.0.cookies;
    let registry = app.router.clone();
    app.restart();
    app.kill(Backend::ClientRegistry);
    let mut alice = app.browser();
    alice.cookies = cookies;
    let thief = alice.cookies.clone();
    let answer = alice.get(&logout(&[("client_id", "spa")])).await;
    answer.assert_page(503, "temporarily_unavailable: ");
    assert!(answer.headers.contains_key("set-cookie"));
    // A frontend with the application in its cache redirects.
    app.router = registry;
    let mut browser = app.browser();
    browser.cookies = thief;
    assert_eq!(silent_error(&mut browser).await, "login_required");
}

/// After a confirmed logout the session has ended.
#[tokio::test]
async fn sec_211_the_store_is_gone() {
    let app = TestApp::start().await;
    let (mut alice, _) = two(&app).await;
    app.kill(Backend::Session);
    for params in [vec![], vec![("client_id", "spa")]] {
        let answer = alice.get(&logout(&params)).await;
        answer.assert_page(503, "temporarily_unavailable: ");
        assert!(!answer.headers.contains_key("set-cookie"));
        assert!(answer.headers.contains_key("retry-after"));
    }
}

fn logout(params: &[(&str, &str)]) -> String {
    let sent = params.iter().filter(|(_, value)| !value.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("/v2/logout?{}", query.extend_pairs(sent).finish())
}

/// Alice's browser, and another one with a copy of its cookie.
async fn two(app: &TestApp) -> (Browser<'_>, Browser<'_>) {
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    (alice.clone(), alice)
}

/// Access tokens of both forms outlive the session, until they expire.
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
