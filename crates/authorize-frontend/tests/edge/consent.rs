//! The consent page and its answers.

use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, ClientPatch, OrganizationUsage, TenantPatch,
};

use crate::tenant::{ACME, ALICE, BOB, CONSENT_API, ROLE_API, apply, apply_settings};
use crate::{Answer, Backend, Browser, TestApp, authorize};

fn request(scope: &str) -> String {
    authorize(&[("audience", CONSENT_API), ("scope", scope)])
}

fn silent(target: &str) -> String {
    format!("{target}&prompt=none")
}

/// A signed-in browser at the consent page.
async fn at_page<'a>(app: &'a TestApp, target: &str) -> (Browser<'a>, Answer) {
    let mut browser = app.browser();
    let page = browser.sign_in(target, ALICE).await;
    assert!(page.body.contains("action=\"/u/consent\""), "{}", page.body);
    (browser, page)
}

#[tokio::test]
async fn agreed_once_agreed_for_good() {
    let app = TestApp::start().await;
    let target = request("openid email read:things");
    let (mut alice, page) = at_page(&app, &target).await;
    assert_eq!(
        alice.get(&silent(&target)).await.error(),
        "consent_required"
    );
    for text in [
        "see your email address",
        "With Things:",
        "things: read",
        ALICE,
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("openid") && !page.body.contains("write"));

    let answer = alice.choose("consent", &page, "accept").await;
    assert_eq!(answer.status, 303);
    let answer = alice.follow(answer).await;
    let granted = Some("openid email read:things");
    assert_eq!(answer.parameter("scope").as_deref(), granted);

    for target in [target.as_str(), &request("openid"), &request("read:things")] {
        assert_eq!(alice.get(&silent(target)).await.error(), "", "{target}");
        assert!(alice.get(target).await.parameter("id_token").is_some());
    }
    let mut elsewhere = app.browser();
    let answer = elsewhere.sign_in(&target, ALICE).await;
    assert!(answer.parameter("id_token").is_some());
    let mut bob = app.browser();
    bob.sign_in(&authorize(&[]), BOB).await;
    assert_eq!(bob.get(&silent(&target)).await.error(), "consent_required");
}

#[tokio::test]
async fn one_more_scope_is_asked_for_with_all_others() {
    let app = TestApp::start().await;
    let (mut alice, page) = at_page(&app, &request("openid read:things")).await;
    assert!(!page.body.contains("class=\"new\""));
    alice.choose("consent", &page, "accept").await;

    let more = request("openid read:things write:things");
    assert_eq!(alice.get(&silent(&more)).await.error(), "consent_required");
    let page = alice.open(&more).await;
    assert!(page.body.contains("things: read, write"), "{}", page.body);
    assert!(page.body.contains("class=\"new\""));
    let answer = alice.choose("consent", &page, "accept").await;
    assert!(alice.follow(answer).await.parameter("id_token").is_some());
    for scope in [
        "read:things",
        "write:things",
        "openid write:things read:things",
    ] {
        assert_eq!(alice.get(&silent(&request(scope))).await.error(), "");
    }
}

#[tokio::test]
async fn declined() {
    let app = TestApp::start().await;
    let target = request("openid");
    let (mut alice, page) = at_page(&app, &target).await;
    let answer = alice.choose("consent", &page, "deny").await;
    let answer = alice.follow(answer).await;
    assert_eq!(answer.error(), "access_denied");
    let description = answer.parameter("error_description");
    assert_eq!(
        description.as_deref(),
        Some("User did not authorize the request")
    );
    assert_eq!(answer.parameter("state").as_deref(), Some("a+b &#/é"));
    for action in ["deny", "accept", "maybe"] {
        let answer = alice.choose("consent", &page, action).await;
        let answer = alice.follow(answer).await;
        answer.assert_page(200, "You are signed in");
    }
    assert_eq!(
        alice.get(&silent(&target)).await.error(),
        "consent_required"
    );
}

#[tokio::test]
async fn neither_yes_nor_no() {
    let app = TestApp::start().await;
    let (mut alice, page) = at_page(&app, &request("openid")).await;
    for action in ["", "maybe"] {
        let again = alice.choose("consent", &page, action).await;
        again.assert_page(400, "data-error-code=\"invalid-action\"");
    }
    let answer = alice.choose("consent", &page, "accept").await;
    assert!(alice.follow(answer).await.parameter("id_token").is_some());
}

/// `prompt=consent` asks once, also if the user has consented to everything.
#[tokio::test]
async fn asked_for_by_the_request() {
    let app = TestApp::start().await;
    let target = authorize(&[("prompt", "consent"), ("scope", "openid profile")]);
    for _ in 0..2 {
        let (mut alice, page) = at_page(&app, &target).await;
        let answer = alice.choose("consent", &page, "accept").await;
        assert!(alice.follow(answer).await.parameter("id_token").is_some());
        let page = alice.open(&target).await;
        assert!(page.body.contains("see your profile"));
    }
}

#[tokio::test]
async fn third_party_applications_are_always_asked_about() {
    let app = TestApp::start().await;
    let target = authorize(&[("client_id", "partner"), ("redirect_uri", "")]);
    let (mut alice, page) = at_page(&app, &target).await;
    assert!(page.body.contains("know that it is you"), "{}", page.body);
    let answer = alice.choose("consent", &page, "accept").await;
    assert!(alice.follow(answer).await.parameter("id_token").is_some());
    assert_eq!(alice.get(&silent(&target)).await.error(), "");
}

/// The page does not work in another browser, or without its anti-CSRF value.
#[tokio::test]
async fn sec_073_nobody_else_agrees() {
    let app = TestApp::start().await;
    let target = request("openid");
    let (mut alice, page) = at_page(&app, &target).await;
    let mut bob = app.browser();
    bob.open(&target).await;
    let stolen = bob.choose("consent", &page, "accept").await;
    stolen.assert_page(403, "invalid_request");
    let fields = [("state", page.field("state")), ("action", "accept")];
    let forged = alice.post("/u/consent", &fields).await;
    forged.assert_page(403, "invalid_request");
    assert_eq!(
        alice.get(&silent(&target)).await.error(),
        "consent_required"
    );
}

/// Opening `/authorize/resume` or the pages of other stages skips no question.
#[tokio::test]
async fn no_way_around() {
    let app = TestApp::start().await;
    let (mut alice, page) = at_page(&app, &request("openid")).await;
    let state = page.field("state").to_owned();
    for path in [
        "/authorize/resume",
        "/u/login",
        "/u/login/password",
        "/u/signup",
        "/u/confirmation",
        "/u/consent",
    ] {
        let page = alice.open(&format!("{path}?state={state}")).await;
        assert!(page.body.contains("action=\"/u/consent\""), "{path}");
    }
    let forced = alice.choose("confirmation", &page, "accept").await;
    let page = alice.follow(forced).await;
    assert!(page.body.contains("action=\"/u/consent\""));
}

/// A user whose session ends while the page is open signs in again first.
#[tokio::test]
async fn the_session_ends_while_the_page_is_open() {
    let app = TestApp::start().await;
    let (mut alice, page) = at_page(&app, &request("openid")).await;
    alice.get("/v2/logout").await;
    let answer = alice.choose("consent", &page, "accept").await;
    let again = alice.follow(answer).await;
    assert!(again.body.contains("action=\"/u/login/"), "{}", again.body);
}

#[tokio::test]
async fn descriptions_instead_of_names() {
    let mut app = TestApp::start().await;
    let settings = TenantPatch {
        use_scope_descriptions_for_consent: Some(true),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    app.restart();
    let (_, page) = at_page(&app, &request("openid read:things")).await;
    assert!(page.body.contains("May read:things"), "{}", page.body);
}

/// A consent during an outage of `identity` is not lost: the page can be submitted again.
#[tokio::test]
async fn identity_gone() {
    let app = TestApp::start().await;
    let (mut alice, page) = at_page(&app, &request("openid")).await;
    app.kill(Backend::Identity);
    let answer = alice.choose("consent", &page, "accept").await;
    answer.assert_page(503, "temporarily_unavailable");
    let page = alice
        .open(&format!("/u/consent?state={}", page.field("state")))
        .await;
    page.assert_page(200, "action=\"/u/consent\"");
}

/// Another user signs in in another tab while the page is open: the user who signed in here must sign in again.
#[tokio::test]
async fn another_user_is_not_asked_in_a_sign_in_of_this_one() {
    let app = TestApp::start().await;
    let target = request("openid read:things");
    let (mut browser, page) = at_page(&app, &target).await;
    browser
        .sign_in(&authorize(&[("prompt", "login")]), BOB)
        .await;
    let answer = browser.choose("consent", &page, "accept").await;
    let again = browser.follow(answer).await;
    again.assert_page(200, "action=\"/u/login/identifier\"");
    assert!(!again.body.contains(BOB), "{}", again.body);
    for email in [ALICE, BOB] {
        let mut user = app.browser();
        user.sign_in(&authorize(&[]), email).await;
        let refused = user.get(&silent(&target)).await;
        assert_eq!(refused.error(), "consent_required", "nobody has agreed");
    }
}

/// Another user signs in in another tab while the page is open: the answer is not taken for theirs.
#[tokio::test]
async fn another_user_is_asked_in_turn() {
    let app = TestApp::start().await;
    let target = request("openid read:things");
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    let page = browser.open(&target).await;
    browser
        .sign_in(&authorize(&[("prompt", "login")]), BOB)
        .await;
    let answer = browser.choose("consent", &page, "accept").await;
    let page = browser.follow(answer).await;
    assert!(page.body.contains("action=\"/u/consent\"") && page.body.contains(BOB));
    let refused = browser.get(&silent(&target)).await;
    assert_eq!(refused.error(), "consent_required");
    let answer = browser.choose("consent", &page, "accept").await;
    let answer = browser.follow(answer).await;
    assert!(answer.parameter("id_token").is_some());
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    let refused = alice.get(&silent(&target)).await;
    assert_eq!(refused.error(), "consent_required");
}

#[tokio::test]
async fn of_a_yes_and_a_no_at_once_one_counts() {
    let app = TestApp::start().await;
    let target = request("openid");
    for _ in 0..5 {
        let (mut alice, page) = at_page(&app, &target).await;
        let mut same = alice.clone();
        let (yes, no) = tokio::join!(
            alice.choose("consent", &page, "accept"),
            same.choose("consent", &page, "deny")
        );
        let answer = alice.follow(yes).await;
        let late = same.follow(no).await;
        late.assert_page(200, "You are signed in");
        let noted = alice.get(&silent(&target)).await.error();
        let error = answer.error();
        let expected = match error.as_str() {
            "access_denied" => "consent_required",
            error => error,
        };
        assert_eq!(noted, expected);
        if noted.is_empty() {
            return;
        }
    }
}

/// The page names the API also if the request has no scope for it.
#[tokio::test]
async fn an_api_is_named_without_a_scope() {
    let app = TestApp::start().await;
    let changes = [
        ("client_id", "partner"),
        ("redirect_uri", ""),
        ("audience", ROLE_API),
    ];
    let (_, page) = at_page(&app, &authorize(&changes)).await;
    for text in [
        "With Things:",
        "act in your name",
        "everything that you are permitted",
    ] {
        assert!(page.body.contains(text), "{text} {}", page.body);
    }
}

/// Consent to a third-party application is per organization, which the page names.
#[tokio::test]
async fn agreed_for_one_organization() {
    let app = TestApp::start().await;
    let partner = ClientPatch {
        client_id: Some("partner".to_owned()),
        name: "partner".to_owned(),
        organization_usage: Some(OrganizationUsage::Allow.into()),
        ..ClientPatch::default()
    };
    let change = ApplyTenantRequest {
        clients: vec![partner],
        ..ApplyTenantRequest::default()
    };
    apply(change, &app.channels).await;
    let mut app = app;
    app.restart();
    let changes = [("client_id", "partner"), ("redirect_uri", "")];
    let alone = authorize(&changes);
    let in_acme = format!("{alone}&organization={ACME}");
    let (mut alice, page) = at_page(&app, &in_acme).await;
    assert!(
        page.body.contains("your Acme Company account"),
        "{}",
        page.body
    );
    alice.choose("consent", &page, "accept").await;
    assert_eq!(alice.get(&silent(&in_acme)).await.error(), "");
    assert_eq!(alice.get(&silent(&alone)).await.error(), "consent_required");
}
