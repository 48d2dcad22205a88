//! Requests that are refused on a page, and those that continue.

use axum::body::Body;
use http::header::{ALLOW, HOST, SET_COOKIE};
use http::{Method, Request};

use crate::refusals::assert_error;
use crate::tenant::{ACME, ALICE, CALLBACK};
use crate::{TestApp, authorize};

type Changes = &'static [(&'static str, &'static str)];

/// Nothing is redirected before the callback is found among those of the client.
#[tokio::test]
async fn errors_that_only_the_person_sees() {
    const MISMATCH: &str = "unauthorized_client: Callback URL mismatch.";
    const MISSING: &str = "invalid_request: Missing required parameter:";
    let cases: &[(Changes, u16, &str)] = &[
        (&[("client_id", "")], 400, MISSING),
        (
            &[("client_id", "nope")],
            400,
            "invalid_request: Unknown client<",
        ),
        (&[("redirect_uri", "")], 400, MISSING),
        (&[("redirect_uri", "https://evil.test/cb")], 403, MISMATCH),
        (
            &[("redirect_uri", "https://app.example.test/cb/")],
            403,
            MISMATCH,
        ),
        (
            &[("redirect_uri", "https://app.example.test/cb?x=1")],
            403,
            MISMATCH,
        ),
        (
            &[("redirect_uri", "https://app.example.test/q?app=2")],
            403,
            MISMATCH,
        ),
        (
            &[("redirect_uri", "https://app.example.test@evil.test/cb")],
            403,
            MISMATCH,
        ),
        (
            &[("redirect_uri", "https://evil.test/"), ("prompt", "none")],
            403,
            MISMATCH,
        ),
        (
            &[
                ("redirect_uri", "https://evil.test/"),
                ("response_type", "x"),
            ],
            403,
            MISMATCH,
        ),
        (
            &[
                ("client_id", "wildcard"),
                ("redirect_uri", "https://a.b.preview.example.test/cb"),
            ],
            403,
            MISMATCH,
        ),
        (
            &[
                ("client_id", "members"),
                ("redirect_uri", "https://acme.example.test/cb"),
            ],
            403,
            MISMATCH,
        ),
        (
            &[
                ("client_id", "native"),
                ("redirect_uri", "http://localhost:4000/cb"),
            ],
            403,
            MISMATCH,
        ),
        (
            &[
                ("client_id", "wildcard"),
                ("redirect_uri", "https://a.preview.example.test/cb"),
                ("response_mode", "web_message"),
            ],
            400,
            "does not have a registered origin.",
        ),
        (
            &[("state", "\0")],
            400,
            "invalid_request: The request is not valid UTF-8",
        ),
    ];
    let app = TestApp::start().await;
    for (changes, status, text) in cases {
        let answer = app.browser().get(&authorize(changes)).await;
        answer.assert_page(*status, text);
        assert!(!answer.headers.contains_key(SET_COOKIE), "{changes:?}");
    }
}

#[tokio::test]
async fn repeated_client_id_and_redirect_uri() {
    let app = TestApp::start().await;
    for (name, value) in [("client_id", "spa"), ("redirect_uri", CALLBACK)] {
        let target = format!("{}&{name}={value}", authorize(&[]));
        let answer = app.browser().get(&target).await;
        answer.assert_page(400, &format!("Duplicate parameter: {name}"));
    }
}

#[tokio::test]
async fn callbacks_that_only_a_pattern_allows() {
    let app = TestApp::start().await;
    for (client_id, callback, organization) in [
        ("wildcard", "https://pr-7.preview.example.test/cb", ""),
        ("members", "https://acme.example.test/cb", ACME),
        ("native", "http://127.0.0.1:49152/cb", ""),
        ("native", "com.example.app:/cb", ""),
    ] {
        let changes = [
            ("client_id", client_id),
            ("redirect_uri", callback),
            ("organization", organization),
        ];
        let answer = app.browser().sign_in(&authorize(&changes), ALICE).await;
        let (location, _) = answer.location().split_once('#').unwrap();
        assert_eq!(location, callback);
        assert!(answer.parameter("id_token").is_some());
    }
}

/// Requests with other methods change nothing: no transaction, no cookie, no logout.
#[tokio::test]
async fn other_methods() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    for method in [
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::TRACE,
        Method::OPTIONS,
    ] {
        for (target, allowed) in [
            (authorize(&[]), "GET, POST"),
            ("/authorize/resume?state=x".to_owned(), "GET"),
            ("/v2/logout?client_id=spa".to_owned(), "GET"),
        ] {
            let request = Request::builder().method(&method).uri(&target);
            let answer = alice.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 405, "{method} {target}");
            assert_eq!(answer.headers[ALLOW], allowed, "{method} {target}");
            assert!(
                !answer.headers.contains_key(SET_COOKIE),
                "{method} {target}"
            );
        }
    }
    assert_eq!(
        alice.get(&authorize(&[("prompt", "none")])).await.error(),
        ""
    );
}

#[tokio::test]
async fn a_request_as_a_form() {
    let app = TestApp::start().await;
    let target = authorize(&[("prompt", "none")]);
    let (_, query) = target.split_once('?').unwrap();
    let post = |target: &str, content_type: &str, body: String| {
        let request = Request::post(target).header("content-type", content_type);
        request.body(Body::from(body)).unwrap()
    };
    let form = "application/x-www-form-urlencoded; charset=UTF-8";
    let answer = app
        .browser()
        .send(post("/authorize", form, query.to_owned()))
        .await;
    assert_error(&answer, "#login_required", "Login required");
    for (target, content_type, body, status) in [
        ("/authorize?client_id=spa", form, query.to_owned(), 400),
        ("/authorize", "application/json", query.to_owned(), 415),
        (
            "/authorize",
            "multipart/form-data; boundary=x",
            query.to_owned(),
            415,
        ),
        ("/authorize", form, "a=1&".repeat(100_000), 413),
        ("/authorize", form, "state=a&".repeat(100), 400),
        ("/u/login/password", form, "a=1&".repeat(100_000), 413),
        ("/u/login/password", form, "state=%00".to_owned(), 400),
        (
            "/u/login/password",
            "application/json",
            "{}".to_owned(),
            415,
        ),
    ] {
        let answer = app.browser().send(post(target, content_type, body)).await;
        answer.assert_page(status, "invalid_request: ");
    }
}

#[tokio::test]
async fn requests_that_no_page_of_ours_leads_to() {
    let app = TestApp::start().await;
    let silent = authorize(&[("prompt", "none")]);
    let long = "x".repeat(33 * 1024);
    for (header, value, status) in [
        (HOST.as_str(), "evil.test", 421),
        ("sec-fetch-dest", "image", 400),
        ("content-encoding", "gzip", 415),
        ("x-long", long.as_str(), 431),
    ] {
        let request = Request::get(&silent).header(header, value);
        let answer = app
            .browser()
            .send(request.body(Body::empty()).unwrap())
            .await;
        answer.assert_page(status, "invalid_request: ");
        assert_eq!(
            answer.headers["strict-transport-security"],
            "max-age=31536000"
        );
    }
    let target = format!("{silent}&x={}", "x".repeat(8 * 1024));
    app.browser()
        .get(&target)
        .await
        .assert_page(414, "invalid_request: ");
}
