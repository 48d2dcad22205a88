//! `prompt=none`: the answer in each situation, always at once.

use doorward_proto::client_registry::v1::{ApplyTenantRequest, ClientPatch, OrganizationUsage};

use crate::session_cookies::SESSION;
use crate::tenant::{ACME, ALICE, BOB, CONSENT_API, apply, connection, list};
use crate::{Answer, Browser, TestApp, authorize};

type Changes<'a> = &'a [(&'a str, &'a str)];

const LOGIN: (&str, &str) = ("login_required", "Login required");
const CONSENT: (&str, &str) = ("consent_required", "Consent required");
const INTERACTION: (&str, &str) = ("interaction_required", "Interaction required");
/// The request of a native application at its only callback.
const NATIVE: (&str, &str) = ("client_id", "native");
const LOOPBACK: (&str, &str) = ("redirect_uri", "http://127.0.0.1:4711/cb");
const ANYWHERE: (&str, &str) = ("redirect_uri", "");

async fn silent(browser: &Browser<'_>, changes: Changes<'_>) -> Answer {
    let changes = [&[("prompt", "none")], changes].concat();
    browser.clone().get(&authorize(&changes)).await
}

async fn signed_in<'a>(app: &'a TestApp, email: &str) -> Browser<'a> {
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), email).await;
    browser
}

/// `error` and `error_description`, in any response mode.
fn told(answer: &Answer, response_mode: &str) -> (String, String) {
    let value = |name: &str| match response_mode {
        "fragment" => answer.parameter(name).unwrap_or_default(),
        "form_post" => answer.field(name).replace("&#38;", "&"),
        _ => {
            let member = format!("\"{name}\":\"");
            let (_, rest) = answer.body.split_once(&member).unwrap_or_default();
            rest.split('"').next().unwrap_or_default().to_owned()
        }
    };
    (value("error"), value("error_description"))
}

#[track_caller]
fn assert_told(answer: &Answer, response_mode: &str, expected: (&str, &str)) {
    let told = told(answer, response_mode);
    assert_eq!((&*told.0, &*told.1), expected, "{}", answer.body);
    assert!(!answer.body.contains("action=\"/u/"), "{}", answer.body);
    assert!(!answer.headers.contains_key("set-cookie"));
}

/// No session, or an ended one.
#[tokio::test]
async fn sec_082_085_and_089_no_session() {
    let app = TestApp::start().await;
    let expired = signed_in(&app, ALICE).await;
    app.clock.advance(std::time::Duration::from_hours(11));
    let ended = signed_in(&app, ALICE).await;
    ended.clone().get("/v2/logout").await;
    let mut unreadable = app.browser();
    let cookie = (SESSION.to_owned(), "nonsense".to_owned());
    unreadable.cookies.extend([cookie]);
    for browser in [app.browser(), expired, ended, unreadable] {
        for response_mode in ["fragment", "form_post", "web_message"] {
            let answer = silent(&browser, &[("response_mode", response_mode)]).await;
            assert_told(&answer, response_mode, LOGIN);
        }
    }
}

/// Each response mode, at an application that supports all.
#[tokio::test]
async fn a_session_that_does_not_serve() {
    let app = TestApp::start().await;
    let (alice, bob) = (signed_in(&app, ALICE).await, signed_in(&app, BOB).await);
    let bobs = silent(&bob, &[]).await.parameter("id_token").unwrap();
    let bobs_sub = silent(&bob, &[]).await.id_token()["sub"].clone();
    let not_a_member = format!(
        "user {} is not part of the {ACME} organization",
        bobs_sub.as_str().unwrap()
    );
    let invitation = [("organization", ACME), ("invitation", "ticket")];
    let cases: &[(&Browser<'_>, Changes<'_>, (&str, &str))] = &[
        (&alice, &[("max_age", "0")], LOGIN),
        (&alice, &[("id_token_hint", &bobs)], LOGIN),
        (&alice, &[("audience", CONSENT_API)], CONSENT),
        (&alice, &invitation, INTERACTION),
        (&bob, &invitation, INTERACTION),
        (
            &bob,
            &[("organization", ACME)],
            ("access_denied", &not_a_member),
        ),
        (
            &alice,
            &[("organization", "org_nope")],
            (
                "invalid_request",
                "parameter organization is invalid: org_nope",
            ),
        ),
        (
            &alice,
            &[("invitation", "ticket")],
            ("invalid_request", "parameter organization is required"),
        ),
        (
            &alice,
            &[("audience", "urn:nope")],
            ("access_denied", "Service not found: urn:nope"),
        ),
        (
            &alice,
            &[("scope", "a\\b")],
            ("invalid_scope", "scope has a character that is not allowed"),
        ),
    ];
    for (browser, changes, expected) in cases {
        for response_mode in ["fragment", "form_post", "web_message"] {
            let changes = [*changes, &[("response_mode", response_mode)]].concat();
            let answer = silent(browser, &changes).await;
            assert_told(&answer, response_mode, *expected);
        }
    }
}

/// Cases that depend on the application.
#[tokio::test]
async fn applications_that_the_session_does_not_serve() {
    let mut app = TestApp::start().await;
    let closed = ClientPatch {
        client_id: Some("closed".to_owned()),
        name: "closed".to_owned(),
        grant_types: Some(list(&["implicit"])),
        callbacks: Some(list(&["https://closed.example.test/cb"])),
        organization_usage: Some(OrganizationUsage::Require.into()),
        ..ClientPatch::default()
    };
    let alone = ClientPatch {
        client_id: Some("alone".to_owned()),
        name: "alone".to_owned(),
        callbacks: Some(list(&["https://alone.example.test/cb"])),
        organization_usage: Some(OrganizationUsage::Deny.into()),
        sso_disabled: Some(true),
        ..closed.clone()
    };
    let request = ApplyTenantRequest {
        clients: vec![closed, alone],
        connections: vec![connection(
            "users",
            &["spa", "native", "partner", "closed", "alone"],
        )],
        ..ApplyTenantRequest::default()
    };
    apply(request, &app.channels).await;
    app.restart();
    let alice = signed_in(&app, ALICE).await;
    let required = (
        "invalid_request",
        "parameter organization is required for this client",
    );
    let cases: &[(Changes<'_>, (&str, &str))] = &[
        // The user's connection is not enabled there (SEC-092).
        (&[("client_id", "staff"), ANYWHERE], LOGIN),
        (&[("client_id", "alone"), ANYWHERE], LOGIN),
        (&[("client_id", "partner"), ANYWHERE], CONSENT),
        (&[("client_id", "closed"), ANYWHERE], required),
        // Any program on the device may be listening there.
        (&[NATIVE, LOOPBACK], INTERACTION),
        (
            &[NATIVE, ("redirect_uri", "com.example.app:/cb")],
            INTERACTION,
        ),
    ];
    for (changes, expected) in cases {
        let answer = silent(&alice, changes).await;
        assert_eq!(answer.status, 302, "{changes:?} {}", answer.body);
        assert_told(&answer, "fragment", *expected);
    }
    // No message goes to an unregistered origin (SEC-098).
    let foreign = [
        ("client_id", "partner"),
        ANYWHERE,
        ("response_mode", "web_message"),
    ];
    let answer = silent(&alice, &foreign).await;
    answer.assert_page(400, "does not have a registered origin");
    assert!(!answer.body.contains("postMessage"));
}

/// The application gets the first error in this order: request, organization, session, hint and age, membership,
/// consent, confirmation.
#[tokio::test]
async fn what_is_told_first() {
    let app = TestApp::start().await;
    let bob = signed_in(&app, BOB).await;
    let of_alice = signed_in(&app, ALICE).await;
    let of_alice = silent(&of_alice, &[]).await.parameter("id_token").unwrap();
    let of_alice = ("id_token_hint", &*of_alice);
    let (acme, consent) = (("organization", ACME), ("audience", CONSENT_API));
    let no_such = ("organization", "org_nope");
    let nobody = app.browser();
    let cases: &[(&Browser<'_>, Changes<'_>, &str)] = &[
        (&bob, &[("nonce", ""), no_such], "invalid_request"),
        (&nobody, &[no_such], "invalid_request"),
        (&nobody, &[acme], "login_required"),
        (
            &nobody,
            &[acme, ("invitation", "t")],
            "interaction_required",
        ),
        (&bob, &[of_alice, acme], "login_required"),
        (&bob, &[("max_age", "0"), acme], "login_required"),
        (&bob, &[("max_age", "0"), consent], "login_required"),
        (&bob, &[acme, consent], "access_denied"),
        (&bob, &[NATIVE, LOOPBACK, consent], "consent_required"),
        (
            &bob,
            &[NATIVE, LOOPBACK, ("max_age", "0")],
            "login_required",
        ),
    ];
    for (browser, changes, error) in cases {
        let answer = silent(browser, changes).await;
        assert_eq!(answer.error(), *error, "{changes:?}");
    }
    assert!(
        silent(&bob, &[("nonce", ""), no_such])
            .await
            .parameter("error_description")
            .is_some_and(|text| text.contains("nonce"))
    );
}

/// A success is like an interactive one. There is no second factor yet: a request for one gets a normal answer, which
/// claims none.
#[tokio::test]
async fn a_success_is_like_any_other() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let interactive = browser.sign_in(&authorize(&[]), ALICE).await;
    let names = |answer: &Answer| {
        let (_, fragment) = answer.location().split_once('#').unwrap();
        let pairs = fragment
            .split('&')
            .map(|pair| pair.split('=').next().unwrap());
        pairs.map(str::to_owned).collect::<Vec<_>>()
    };
    let claim_names = |answer: &Answer| {
        let claims = answer.id_token();
        claims
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let multi_factor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";
    let hints: &[Changes<'_>] = &[
        &[],
        &[("acr_values", multi_factor)],
        &[("login_hint", BOB)],
        &[("screen_hint", "signup")],
        &[("connection", "staff")],
    ];
    for changes in hints {
        for answer in [
            silent(&browser, changes).await,
            browser.clone().get(&authorize(changes)).await,
        ] {
            assert_eq!(names(&answer), names(&interactive), "{changes:?}");
            assert_eq!(claim_names(&answer), claim_names(&interactive));
            for same in ["sub", "sid", "auth_time"] {
                assert_eq!(answer.id_token()[same], interactive.id_token()[same]);
            }
            for absent in ["acr", "amr"] {
                assert_eq!(answer.id_token().get(absent), None);
            }
        }
    }
}
