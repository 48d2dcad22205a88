//! Accepted parameters: their effect, and those without effect.

use doorward_proto::client_registry::v1::TenantPatch;

use crate::tenant::{ALICE, API, CALLBACK, apply_settings};
use crate::{Answer, Browser, TestApp, authorize};

async fn signed_in(app: &TestApp) -> Browser<'_> {
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    alice
}

fn names(answer: &Answer) -> Vec<String> {
    let (_, parameters) = answer.location().split_once('#').unwrap();
    let mut names: Vec<_> = url::form_urlencoded::parse(parameters.as_bytes())
        .map(|(name, _)| name.into_owned())
        .collect();
    names.sort_unstable();
    names
}

/// Known, unknown or malformed values: none of these is an error.
#[tokio::test]
async fn what_changes_nothing() {
    let long = "x".repeat(300);
    let app = TestApp::start().await;
    let mut alice = signed_in(&app).await;
    let plain = names(&alice.get(&authorize(&[("prompt", "none")])).await);
    for (name, value) in [
        ("connection_scope", "a,b"),
        ("display", "popup"),
        ("login_hint", long.as_str()),
        ("screen_hint", "nonsense"),
        ("ui_locales", "xx"),
        (
            "acr_values",
            "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        ),
        ("acr_values", "urn:unknown"),
        ("ext-campaign", "spring"),
        ("ext-<b>", "<b>"),
        ("ext-long", long.as_str()),
        ("correlation_id", "x"),
        ("authorization_details", "[]"),
        ("dpop_jkt", "x"),
        ("claims", "{}"),
        ("login_ticket", "x"),
        ("resource", "https://unknown.example.test/"),
        ("auth0Client", "eyJuYW1lIjoiYXV0aDAuanMifQ=="),
        ("owp", "true"),
        ("Scope", "read:things"),
        ("unknown", "x"),
    ] {
        for times in [1, 2] {
            // Of the known parameters, only `resource` may be repeated.
            let known = !(name.starts_with("ext-")
                || ["resource", "auth0Client", "owp", "Scope", "unknown"].contains(&name));
            if times == 2 && known {
                continue;
            }
            let mut target = authorize(&[("prompt", "none")]);
            for _ in 0..times {
                let pair = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair(name, value)
                    .finish();
                target = format!("{target}&{pair}");
            }
            let answer = alice.get(&target).await;
            assert_eq!(names(&answer), plain, "{times} times {name}");
        }
    }
}

/// An empty value counts as absent, also beside another one.
#[tokio::test]
async fn empty_is_absent() {
    let app = TestApp::start().await;
    let mut alice = signed_in(&app).await;
    for name in [
        "audience",
        "max_age",
        "id_token_hint",
        "request",
        "connection",
        "organization",
    ] {
        let target = format!("{}&prompt=none&{name}=&{name}", authorize(&[]));
        assert_eq!(alice.get(&target).await.error(), "", "{name}");
    }
    let answer = alice
        .get(&authorize(&[("prompt", "none"), ("state", "")]))
        .await;
    assert_eq!(answer.parameter("state"), None);
}

/// The parameters of the answer for each `response_type`, in any order of its words.
#[tokio::test]
async fn what_each_response_type_brings() {
    let app = TestApp::start().await;
    let mut alice = signed_in(&app).await;
    let token = ["access_token", "expires_in", "scope", "state", "token_type"];
    let both = [
        "access_token",
        "expires_in",
        "id_token",
        "scope",
        "state",
        "token_type",
    ];
    for (response_type, expected) in [
        ("token", token.as_slice()),
        ("id_token", &["id_token", "state"]),
        ("id_token token", &both),
        ("token id_token", &both),
    ] {
        let changes = [
            ("response_type", response_type),
            ("scope", "openid offline_access"),
            ("prompt", "none"),
        ];
        let answer = alice.get(&authorize(&changes)).await;
        assert_eq!(names(&answer), expected, "{response_type}");
        let scope = answer.parameter("scope").unwrap_or("openid".to_owned());
        assert_eq!(scope, "openid", "{response_type}");
    }
    for response_type in ["code", "code token", "code id_token", "code id_token token"] {
        let changes = [("response_type", response_type), ("prompt", "none")];
        let answer = alice.get(&authorize(&changes)).await;
        assert_eq!(
            answer.error(),
            "unsupported_response_type",
            "{response_type}"
        );
    }
}

/// The tenant's `default_audience` counts as if every request had sent it.
#[tokio::test]
async fn a_default_audience() {
    let mut app = TestApp::start().await;
    let settings = TenantPatch {
        default_audience: Some(API.to_owned()),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    app.restart();
    let mut alice = signed_in(&app).await;
    for (audience, is_jwt) in [
        ("", true),
        (API, true),
        ("https://auth.example.test/userinfo", false),
    ] {
        let target = authorize(&[("audience", audience), ("prompt", "none")]);
        let token = alice.get(&target).await.parameter("access_token").unwrap();
        assert_eq!(token.contains('.'), is_jwt, "{audience}");
    }
    let almost = API.trim_end_matches('/');
    let target = authorize(&[("audience", almost), ("prompt", "none")]);
    let answer = alice.get(&target).await;
    assert_eq!(answer.error(), "access_denied", "every byte counts");
}

/// A token without `openid` and without an API is useless: it has an empty scope.
#[tokio::test]
async fn sec_115_a_token_for_nothing() {
    let app = TestApp::start().await;
    let mut alice = signed_in(&app).await;
    let changes = [
        ("response_type", "token"),
        ("scope", "profile"),
        ("prompt", "none"),
    ];
    let answer = alice.get(&authorize(&changes)).await;
    assert_eq!(answer.parameter("scope").as_deref(), Some(""));
    let token = answer.parameter("access_token").unwrap();
    let request =
        http::Request::get("/userinfo").header("authorization", format!("Bearer {token}"));
    let refused = alice
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(refused.status, 403);
}

/// A fragment of the callback is removed before the comparison.
#[tokio::test]
async fn sec_016_a_fragment_is_cut_off() {
    let app = TestApp::start().await;
    let mut alice = signed_in(&app).await;
    let with_fragment = format!("{CALLBACK}#@evil.test");
    let target = authorize(&[("redirect_uri", &with_fragment), ("prompt", "none")]);
    let answer = alice.get(&target).await;
    assert!(
        answer
            .location()
            .starts_with(&format!("{CALLBACK}#access_token="))
    );
}
