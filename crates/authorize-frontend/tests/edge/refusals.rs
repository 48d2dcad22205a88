//! Errors at the callback.

use axum::body::Body;
use http::Request;

use crate::tenant::{ACME, ALICE, API, BOB, CONSENT_API};
use crate::{Answer, TestApp, authorize};

type Changes = &'static [(&'static str, &'static str)];

/// Errors with and without a session.
const REFUSED: &[(Changes, &str, &str)] = &[
    (
        &[("response_type", "")],
        "?invalid_request",
        "Missing required parameter: response_type",
    ),
    (
        &[("response_type", "foo")],
        "?unsupported_response_type",
        "Unsupported response type: foo",
    ),
    (
        &[("response_type", "TOKEN")],
        "#unsupported_response_type",
        "Unsupported response type: TOKEN",
    ),
    (
        &[("response_type", "token token")],
        "#unsupported_response_type",
        "Unsupported response type: token token",
    ),
    (
        &[("response_mode", "query")],
        "#invalid_request",
        "response_mode query is not allowed for this response_type",
    ),
    (
        &[("response_mode", "foo")],
        "#invalid_request",
        "Unsupported response mode: foo",
    ),
    (
        &[("nonce", "")],
        "#invalid_request",
        "Missing required parameter: nonce",
    ),
    (
        &[("prompt", "none login")],
        "#invalid_request",
        "prompt none must not be combined with other values",
    ),
    (
        &[("max_age", "-1")],
        "#invalid_request",
        "max_age must be a whole number of seconds, 0 or more",
    ),
    (
        &[("request", "x")],
        "#request_not_supported",
        "request is not supported",
    ),
    (
        &[("request_uri", "https://evil.test/")],
        "#request_uri_not_supported",
        "request_uri is not supported",
    ),
    (
        &[("code_challenge", "x")],
        "#invalid_request",
        "code_challenge_method must be S256",
    ),
    (
        &[("scope", "a\"b")],
        "#invalid_scope",
        "scope has a character that is not allowed",
    ),
    (
        &[("audience", "https://nope/")],
        "#access_denied",
        "Service not found: https://nope/",
    ),
    (
        &[("audience", "https://grants.example.test/")],
        "#unauthorized_client",
        "Client is not authorized to access \"https://grants.example.test/\".",
    ),
    (
        &[("audience", "https://closed.example.test/")],
        "#unauthorized_client",
        "Client is not authorized to access \"https://closed.example.test/\".",
    ),
    (
        &[("connection", "nope")],
        "#invalid_request",
        "the connection was not found",
    ),
    (
        &[
            ("client_id", "granted"),
            ("redirect_uri", ""),
            ("connection", "staff"),
        ],
        "#invalid_request",
        "the connection was disabled",
    ),
    (
        &[("organization", "acme")],
        "#invalid_request",
        "authorization request parameter organization must be an organization id",
    ),
    (
        &[("organization", "org_nope")],
        "#invalid_request",
        "parameter organization is invalid: org_nope",
    ),
    (
        &[("id_token_hint", "x")],
        "#invalid_request",
        "id_token_hint is invalid",
    ),
    (
        &[("client_id", "code"), ("redirect_uri", "")],
        "#unauthorized_client",
        "Grant type 'implicit' not allowed for the client.",
    ),
    (
        &[("client_id", "nobody"), ("redirect_uri", "")],
        "#invalid_request",
        "no connections enabled for the client",
    ),
    (
        &[
            ("client_id", "partner"),
            ("redirect_uri", ""),
            ("organization", ACME),
        ],
        "#invalid_request",
        "parameter organization is not allowed for this client",
    ),
];

#[tokio::test]
async fn errors_for_the_application() {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    for (changes, error, description) in REFUSED {
        for mut browser in [app.browser(), alice.clone()] {
            let answer = browser.get(&authorize(changes)).await;
            assert_error(&answer, error, description);
        }
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_told_to_the_application() {
    let app = TestApp::start().await;
    for name in ["nonce", "scope", "response_type", "prompt", "login_hint"] {
        let target = format!("{}&{name}=x&{name}=x", authorize(&[("prompt", "")]));
        let answer = app.browser().get(&target).await;
        assert_eq!(answer.error(), "invalid_request", "{name}");
    }
    let answer = app
        .browser()
        .get(&format!("{}&state=x", authorize(&[])))
        .await;
    assert_eq!(answer.error(), "invalid_request");
    assert_eq!(answer.parameter("state"), None);
    let answer = app
        .browser()
        .get(&format!("{}&auth0Client=x&auth0Client=x", authorize(&[])))
        .await;
    assert!(answer.location().starts_with("/u/"));
}

/// `prompt=none` returns the right error, and shows no page.
#[tokio::test]
async fn silent_answers() {
    let cases: &[(Changes, &str)] = &[
        (&[], ""),
        (&[("response_type", "token"), ("nonce", "")], ""),
        (&[("max_age", "3600")], ""),
        (&[("audience", API)], ""),
        (&[("organization", ACME)], ""),
        (&[("connection", "staff")], ""),
        (&[("max_age", "0")], "login_required"),
        (&[("audience", CONSENT_API)], "consent_required"),
        (
            &[("client_id", "partner"), ("redirect_uri", "")],
            "consent_required",
        ),
        (
            &[("client_id", "staff"), ("redirect_uri", "")],
            "login_required",
        ),
    ];
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    for (changes, error) in cases {
        let target = format!("{}&prompt=none", authorize(changes));
        assert_eq!(alice.get(&target).await.error(), *error, "{changes:?}");
        assert_eq!(
            app.browser().get(&target).await.error(),
            "login_required",
            "{changes:?}"
        );
    }
}

/// A frame of another site, where the browser blocks cookies, is no sign-out. Chromium reports the blocking.
#[tokio::test]
async fn cookies_that_were_kept_back() {
    let app = TestApp::start().await;
    for (access, description) in [
        (
            "none",
            "Login required; the browser keeps cookies from this frame",
        ),
        (
            "inactive",
            "Login required; the browser keeps cookies from this frame",
        ),
        ("active", "Login required"),
        ("", "Login required"),
    ] {
        let request = Request::get(authorize(&[("prompt", "none")]))
            .header("sec-fetch-storage-access", access)
            .body(Body::empty());
        let answer = app.browser().send(request.unwrap()).await;
        assert_eq!(answer.error(), "login_required");
        let told = answer.parameter("error_description").unwrap();
        assert_eq!(told.split(',').next(), Some(description), "{access}");
    }
}

#[tokio::test]
async fn who_is_not_a_member_is_told_so_in_either_way() {
    let app = TestApp::start().await;
    let mut bob = app.browser();
    let interactive = bob
        .sign_in(&authorize(&[("organization", ACME)]), BOB)
        .await;
    let silent = bob
        .get(&authorize(&[("organization", ACME), ("prompt", "none")]))
        .await;
    for answer in [interactive, silent] {
        assert_eq!(answer.error(), "access_denied");
        let description = answer.parameter("error_description").unwrap();
        assert!(description.ends_with("is not part of the org_acme000000000001 organization"));
    }
}

/// Checks the error. `error` begins with the character that separates the parameters from the callback.
pub(crate) fn assert_error(answer: &Answer, error: &str, description: &str) {
    assert_eq!(answer.status, 302, "{description}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let separator = &error[..1];
    assert_eq!(answer.error(), &error[1..], "{description}");
    let parameters = format!("{separator}error=");
    assert!(
        answer.location().contains(&parameters),
        "{}",
        answer.location()
    );
    assert_eq!(
        answer.parameter("error_description").as_deref(),
        Some(description)
    );
    assert_eq!(answer.parameter("state").as_deref(), Some("a+b &#/é"));
}
