//! The response modes of answers and errors.

use doorward_proto::client_registry::v1::TenantPatch;

use crate::tenant::{ALICE, CALLBACK, apply_settings};
use crate::test_app::ISSUER;
use crate::{Answer, TestApp, authorize};

const STATE: &str = "\"></script><svg onload=alert(1)>";

async fn answers(response_mode: &str) -> [Answer; 2] {
    let app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    let changes = [
        ("response_mode", response_mode),
        ("prompt", "none"),
        ("state", STATE),
    ];
    let target = authorize(&changes);
    [alice.get(&target).await, app.browser().get(&target).await]
}

fn policy(answer: &Answer) -> &str {
    answer.headers["content-security-policy"].to_str().unwrap()
}

#[tokio::test]
async fn fragment() {
    let [success, refusal] = answers("fragment").await;
    for answer in [&success, &refusal] {
        assert_eq!(answer.status, 302);
        assert!(answer.location().starts_with(&format!("{CALLBACK}#")));
        assert_eq!(answer.parameter("state").as_deref(), Some(STATE));
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    }
    assert_eq!(success.parameter("token_type").as_deref(), Some("Bearer"));
    assert_eq!(success.parameter("expires_in").as_deref(), Some("7200"));
    assert_eq!(success.parameter("scope").as_deref(), Some("openid"));
    assert_eq!(refusal.error(), "login_required");
}

#[tokio::test]
async fn form_post() {
    let [success, refusal] = answers("form_post").await;
    for answer in [&success, &refusal] {
        assert_eq!((answer.status.as_u16(), answer.location()), (200, ""));
        let form = format!("<form method=\"post\" action=\"{CALLBACK}\">");
        assert!(answer.body.contains(&form));
        assert!(!answer.body.contains("<svg"));
        assert!(policy(answer).contains("form-action https://app.example.test https:;"));
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    assert_eq!(success.field("access_token").len(), 32);
    assert_eq!(refusal.field("error"), "login_required");
}

#[tokio::test]
async fn sec_096_and_097_web_message() {
    let [success, refusal] = answers("web_message").await;
    for answer in [&success, &refusal] {
        assert_eq!((answer.status.as_u16(), answer.location()), (200, ""));
        assert!(answer.body.contains(", \"https://app.example.test\");"));
        assert!(!answer.body.contains("<svg"));
        assert!(policy(answer).ends_with("frame-ancestors https://app.example.test"));
        assert!(!answer.headers.contains_key("x-frame-options"));
    }
    assert!(success.body.contains("\"access_token\":"));
    assert!(refusal.body.contains("\"error\":\"login_required\""));
}

/// SEC-104: in every mode, for tokens and errors (RFC 9207 §2).
#[tokio::test]
async fn sec_104_the_issuer_is_named_where_the_tenant_wants_it() {
    let mut app = TestApp::start().await;
    for named in [false, true] {
        let settings = TenantPatch {
            authorization_response_iss_parameter_supported: Some(named),
            ..TenantPatch::default()
        };
        apply_settings(settings, &app.channels).await;
        app.restart();
        let mut alice = app.browser();
        alice.sign_in(&authorize(&[]), ALICE).await;
        for mode in ["fragment", "form_post", "web_message"] {
            let target = authorize(&[("response_mode", mode), ("prompt", "none")]);
            for answer in [alice.get(&target).await, app.browser().get(&target).await] {
                let sent = match mode {
                    "fragment" => answer.parameter("iss").as_deref() == Some(ISSUER),
                    "form_post" => answer.field("iss") == ISSUER,
                    _ => answer.body.contains(&format!("\"iss\":\"{ISSUER}\"")),
                };
                assert_eq!(sent, named, "{mode} {}", answer.body);
            }
        }
        let metadata = app.browser().get("/.well-known/openid-configuration").await;
        let told = "\"authorization_response_iss_parameter_supported\":true";
        assert_eq!(metadata.body.contains(told), named);
    }
}
