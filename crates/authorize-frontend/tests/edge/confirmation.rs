//! Answers to applications on the user's own device.

use doorward_proto::client_registry::v1::{ApplyTenantRequest, ClientPatch, TenantPatch};

use crate::tenant::{ALICE, BOB, apply, apply_settings, authorize};
use crate::{Answer, Browser, TestApp};

fn native(redirect_uri: &str) -> String {
    authorize(&[("client_id", "native"), ("redirect_uri", redirect_uri)])
}

const LOOPBACK: &str = "http://127.0.0.1:4000/cb";
const SCHEME: &str = "com.example.app:/cb";

async fn signed_in(app: &TestApp) -> Browser<'_> {
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    alice
}

fn is_asked(answer: &Answer) -> bool {
    answer.body.contains("action=\"/u/confirmation\"")
}

#[tokio::test]
async fn asked_only_when_no_other_page_was_shown() {
    let app = TestApp::start().await;
    for (callback, target) in [
        (LOOPBACK, "http://127.0.0.1:4000"),
        (SCHEME, "com.example.app:"),
    ] {
        let mut fresh = app.browser();
        let answer = fresh.sign_in(&native(callback), ALICE).await;
        assert!(answer.parameter("id_token").is_some(), "{callback}");
        for _ in 0..2 {
            let page = fresh.open(&native(callback)).await;
            assert!(is_asked(&page), "{callback}");
            assert!(page.body.contains(target) && page.body.contains(ALICE));
            let answer = fresh.choose("confirmation", &page, "accept").await;
            let answer = fresh.follow(answer).await;
            assert!(answer.location().starts_with(callback), "{callback}");
            assert!(answer.parameter("id_token").is_some());
        }
        let answer = fresh.get(&authorize(&[])).await;
        assert!(answer.parameter("id_token").is_some(), "not for https");
    }
}

#[tokio::test]
async fn no_way_around() {
    let app = TestApp::start().await;
    let mut alice = signed_in(&app).await;
    let page = alice.open(&native(LOOPBACK)).await;
    for path in ["/authorize/resume", "/u/login", "/u/signup", "/u/consent"] {
        let page = alice
            .open(&format!("{path}?state={}", page.field("state")))
            .await;
        assert!(is_asked(&page), "{path}");
    }
}

#[tokio::test]
async fn cancelled() {
    let app = TestApp::start().await;
    let mut alice = signed_in(&app).await;
    let page = alice.open(&native(LOOPBACK)).await;
    let again = alice.choose("confirmation", &page, "maybe").await;
    again.assert_page(400, "data-error-code=\"invalid-action\"");
    let answer = alice.choose("confirmation", &page, "deny").await;
    let answer = alice.follow(answer).await;
    assert_eq!(answer.error(), "access_denied");
    assert_eq!(
        answer.parameter("error_description").as_deref(),
        Some("User cancelled the confirmation prompt.")
    );
    for action in ["deny", "accept"] {
        let answer = alice.choose("confirmation", &page, action).await;
        let answer = alice.follow(answer).await;
        answer.assert_page(200, "You are signed in");
        assert!(
            !answer.body.contains("127.0.0.1"),
            "nobody listens there now"
        );
    }
}

/// Another user signs in in a second tab while the page is open, and gets the question too.
#[tokio::test]
async fn another_user_is_asked_too() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app).await;
    let page = browser.open(&native(LOOPBACK)).await;
    browser
        .sign_in(&authorize(&[("prompt", "login")]), BOB)
        .await;
    let answer = browser.choose("confirmation", &page, "accept").await;
    let page = browser.follow(answer).await;
    assert!(is_asked(&page) && page.body.contains(BOB), "{}", page.body);
    let answer = browser.choose("confirmation", &page, "accept").await;
    let answer = browser.follow(answer).await;
    assert!(answer.parameter("id_token").is_some());
}

/// The client's setting overrides the tenant's.
#[tokio::test]
async fn switched_off() {
    let mut app = TestApp::start().await;
    let silent = format!("{}&prompt=none", native(LOOPBACK));
    for (of_client, of_tenant, error) in [
        (None, false, "interaction_required"),
        (None, true, ""),
        (Some(false), true, "interaction_required"),
        (Some(true), false, ""),
    ] {
        let settings = TenantPatch {
            skip_non_verifiable_callback_uri_confirmation_prompt: Some(of_tenant),
            ..TenantPatch::default()
        };
        apply_settings(settings, &app.channels).await;
        if of_client.is_some() {
            let client = ClientPatch {
                client_id: Some("native".to_owned()),
                name: "native".to_owned(),
                skip_non_verifiable_callback_uri_confirmation_prompt: of_client,
                ..ClientPatch::default()
            };
            let request = ApplyTenantRequest {
                clients: vec![client],
                ..ApplyTenantRequest::default()
            };
            apply(request, &app.channels).await;
        }
        app.restart();
        let mut alice = signed_in(&app).await;
        let answer = alice.get(&silent).await;
        assert_eq!(answer.error(), error, "{of_client:?} {of_tenant}");
        assert_eq!(
            is_asked(&alice.open(&native(LOOPBACK)).await),
            !error.is_empty()
        );
    }
}
