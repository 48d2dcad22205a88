//! The content of the page.

use std::time::Duration;

use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::{ResolveSessionRequest, SessionLimits};

use super::{FIREFOX, PAGE, SAFARI, SESSION, browser, signed_in, two};
use crate::tenant::{ALICE, BOB};
use crate::{Browser, TestApp, authorize};

const GRANTED: [(&str, &str); 2] = [
    ("client_id", "granted"),
    ("redirect_uri", "https://granted.example.test/cb"),
];

/// The text of each session on a page.
fn entries(body: &str) -> Vec<&str> {
    let (_, list) = body.split_once("<ul class=\"sessions\">").unwrap();
    list.split("<h2>").skip(1).collect()
}

#[tokio::test]
async fn every_session_of_the_user_the_last_used_first() {
    let app = TestApp::start().await;
    signed_in(&app, BOB).await;
    let mut phone = browser(&app, SAFARI, "2001:db8::7");
    phone.sign_in(&authorize(&[]), ALICE).await;
    app.clock.advance(Duration::from_mins(20));
    let mut here = signed_in(&app, ALICE).await;
    here.open(&authorize(&GRANTED)).await;
    app.clock.advance(Duration::from_mins(20));
    phone.address = Some("2001:db8::8".parse().unwrap());
    phone.open(&authorize(&[])).await;
    app.clock.advance(Duration::from_secs(1));

    let page = here.get(PAGE).await;
    page.assert_page(200, &format!("signed in as {ALICE}"));
    assert!(!page.body.contains(BOB));
    let [first, second] = entries(&page.body)[..] else {
        panic!("two sessions: {}", page.body);
    };
    for part in [
        "Firefox on Windows",
        "This browser",
        "Sign out of this browser",
        "Last used</dt>\n          <dd><time datetime=\"2026-01-02T03:44:06Z\">2 January 2026, 03:44\u{a0}UTC",
        "First used</dt>\n          <dd><time datetime=\"2026-01-02T03:24:05Z\">2 January 2026, 03:24\u{a0}UTC",
        "<dd>192.0.2.1</dd>",
        "<li>spa</li><li>granted</li>",
        FIREFOX,
    ] {
        assert!(first.contains(part), "{part}: {first}");
    }
    for part in [
        "Safari on iPhone",
        "datetime=\"2026-01-02T03:44:05Z\"",
        "datetime=\"2026-01-02T03:04:05Z\"",
        "<dd>2001:db8::8 (at first 2001:db8::7)</dd>",
        "<ul><li>spa</li></ul>",
        ">Sign out</button>",
    ] {
        assert!(second.contains(part), "{part}: {second}");
    }
    assert!(!second.contains("This browser"), "{second}");
}

/// Deleted applications are not listed.
#[tokio::test]
async fn an_application_that_is_gone_is_left_out() {
    let app = TestApp::start().await;
    let mut alice = signed_in(&app, ALICE).await;
    let limits = SessionLimits {
        absolute_seconds: 3600,
        idle_seconds: 3600,
    };
    let of_gone = ResolveSessionRequest {
        session_token: alice.cookies[SESSION].clone(),
        limits: Some(limits),
        ephemeral_limits: Some(limits),
        client_id: "gone-application".to_owned(),
        ..ResolveSessionRequest::default()
    };
    let mut sessions = SessionServiceClient::new(app.channels.session.clone());
    sessions.resolve_session(of_gone).await.unwrap();
    let page = alice.get(PAGE).await;
    page.assert_page(200, "<ul><li>spa</li></ul>");
    assert!(!page.body.contains("gone-application"));
}

/// SEC-060: the sender chooses the user agent, so it may contain anything.
#[tokio::test]
async fn a_user_agent_is_never_markup() {
    for (user_agent, device) in [
        ("<script>alert(1)</script>\"'><b>", ">Unknown device</span>"),
        ("</code></details><h1>Firefox/1 {{ 7 }}", ">Firefox</span>"),
        ("", ">Unknown device</span>"),
    ] {
        let app = TestApp::start().await;
        let mut hostile = browser(&app, user_agent, "192.0.2.66");
        hostile.sign_in(&authorize(&[]), ALICE).await;
        let page = hostile.get(PAGE).await;
        page.assert_page(200, device);
        let escaped = user_agent.replace('<', "&#60;").replace('>', "&#62;");
        let escaped = escaped.replace('"', "&#34;").replace('\'', "&#39;");
        assert!(page.body.contains(&escaped), "{}", page.body);
        for markup in ["<script", "<b>", "</code></details><h1>"] {
            assert!(!page.body.contains(markup), "{markup}: {}", page.body);
        }
        assert_eq!(page.body.contains("<details>"), !user_agent.is_empty());
    }
}

fn in_japanese(browser: &mut Browser<'_>) {
    let japanese = "ja".parse().unwrap();
    browser.headers.insert("accept-language", japanese);
}

#[tokio::test]
async fn in_the_language_of_the_browser() {
    let app = TestApp::start().await;
    let (mut here, ..) = two(&app).await;
    in_japanese(&mut here);
    let page = here.get(PAGE).await;
    page.assert_page(200, "<html lang=\"ja\">");
    for part in [
        "このブラウザー",
        "Firefox（Windows）",
        "2026年1月2日 03:04\u{a0}UTC",
        "ほかをすべてサインアウト",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let answer = super::revoke(&mut here, &page, "unknown").await;
    answer.assert_page(404, "何も変更されていません");
    here.cookies.clear();
    let answer = here.get(PAGE).await;
    answer.assert_page(403, "このブラウザーではサインインしていません");
}

/// The headers of all pages outside a sign-in.
#[tokio::test]
async fn headers() {
    let app = TestApp::start().await;
    let (mut here, _, page, _) = two(&app).await;
    let refused = super::revoke(&mut here, &page, "unknown").await;
    let nobody = app.browser().get(PAGE).await;
    for (answer, form_action) in [(page, "'self'"), (refused, "'none'"), (nobody, "'none'")] {
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none';",
            "frame-ancestors 'none'",
            &format!("form-action {form_action};"),
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.headers[name], value);
        }
        assert!(answer.body.contains("content=\"noindex\""));
        assert!(!answer.headers.contains_key("set-cookie"));
    }
}
