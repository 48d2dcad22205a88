//! Several tabs: each gets an answer for the user who signed in there, or none.

use doorward_proto::client_registry::v1::ApplyTenantRequest;
use doorward_proto::identity::v1::CreateUserRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;

use crate::tenant::{ALICE, BOB, PASSWORD, apply, connection};
use crate::{Answer, Browser, TestApp, authorize};

/// Variants of requests.
const PROMPTS: [&[(&str, &str)]; 4] = [
    &[],
    &[("prompt", "login")],
    &[("prompt", "select_account")],
    &[("max_age", "0")],
];
const CAROL: &str = "carol@staff.example.test";
const STAFF: [(&str, &str); 2] = [
    ("client_id", "staff"),
    ("redirect_uri", "https://staff.example.test/cb"),
];

/// Adds Carol, who is only in the connection `staff`.
async fn add_carol(app: &TestApp) {
    let mut identity = IdentityServiceClient::new(app.channels.identity.clone());
    let created = identity.create_user(CreateUserRequest {
        connection: "staff".to_owned(),
        email: CAROL.to_owned(),
        password: PASSWORD.to_owned(),
        ..CreateUserRequest::default()
    });
    created.await.unwrap();
}

/// A tab that has sent its password and has not yet followed the redirect.
async fn half_way(browser: &mut Browser<'_>, target: &str, email: &str) -> Answer {
    let page = browser.password_page(target, email).await;
    let answer = browser.submit("password", &page, email, PASSWORD).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer
}

async fn sub(app: &TestApp, email: &str) -> serde_json::Value {
    let answer = app.browser().sign_in(&authorize(&[]), email).await;
    answer.id_token()["sub"].clone()
}

#[track_caller]
fn assert_begins_again(page: &Answer) {
    page.assert_page(200, "action=\"/u/login/identifier\"");
}

#[tokio::test]
async fn sec_087_no_tab_is_answered_as_somebody_else() {
    let app = TestApp::start().await;
    let (alice, bob) = (sub(&app, ALICE).await, sub(&app, BOB).await);
    for changes in PROMPTS {
        let mut browser = app.browser();
        let target = authorize(changes);
        let waiting = half_way(&mut browser, &target, ALICE).await;
        let other = authorize(&[("prompt", "login")]);
        let other = browser.sign_in(&other, BOB).await;
        assert_eq!(other.id_token()["sub"], bob);

        let page = browser.follow(waiting).await;
        assert_begins_again(&page);
        let still = browser.clone().get(&authorize(&[("prompt", "none")])).await;
        assert_eq!(still.id_token()["sub"], bob, "the other tab is left alone");
        let page = browser.submit("identifier", &page, ALICE, "").await;
        let page = browser.follow(page).await;
        let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
        let answer = browser.follow(answer).await;
        assert_eq!(answer.id_token()["sub"], alice, "{changes:?}");
    }
}

/// The same if both tabs have sent their passwords at once, so that the other one has no session yet.
#[tokio::test]
async fn sec_087_two_sessions_of_one_browser() {
    let app = TestApp::start().await;
    for changes in PROMPTS {
        let mut browser = app.browser();
        let target = authorize(changes);
        let pages = [
            browser.password_page(&target, ALICE).await,
            browser.password_page(&target, BOB).await,
        ];
        let mut same = browser.clone();
        let (of_alice, of_bob) = tokio::join!(
            same.submit("password", &pages[0], ALICE, PASSWORD),
            browser.submit("password", &pages[1], BOB, PASSWORD)
        );
        assert_begins_again(&browser.follow(of_alice).await);
        let answer = browser.follow(of_bob).await;
        assert_eq!(answer.id_token()["sub"], sub(&app, BOB).await);
    }
}

#[tokio::test]
async fn sec_087_nor_by_a_connection_that_is_not_its_own() {
    let app = TestApp::start().await;
    add_carol(&app).await;
    let mut browser = app.browser();
    let waiting = half_way(&mut browser, &authorize(&STAFF), CAROL).await;
    let other = authorize(&[("prompt", "login")]);
    browser.sign_in(&other, ALICE).await;
    assert_begins_again(&browser.follow(waiting).await);
    let silent = authorize(&[STAFF[0], STAFF[1], ("prompt", "none")]);
    assert_eq!(browser.get(&silent).await.error(), "login_required");
}

/// A new sign-in of the same user keeps the `sid`, so requests stay satisfied.
#[tokio::test]
async fn the_same_user_in_two_tabs() {
    let app = TestApp::start().await;
    for changes in PROMPTS {
        let mut browser = app.browser();
        let target = authorize(changes);
        let waiting = half_way(&mut browser, &target, ALICE).await;
        let other = authorize(&[("prompt", "login")]);
        let other = browser.sign_in(&other, ALICE).await;
        let answer = browser.follow(waiting).await;
        assert_eq!(answer.id_token()["sub"], other.id_token()["sub"]);
        assert_eq!(answer.id_token()["sid"], other.id_token()["sid"]);
    }
}

/// The session of this tab's sign-in has ended. Another one of the same user is checked like any session.
#[tokio::test]
async fn another_session_of_the_same_user() {
    let app = TestApp::start().await;
    for (changes, is_asked) in PROMPTS.into_iter().zip([false, true, true, true]) {
        let mut browser = app.browser();
        let waiting = half_way(&mut browser, &authorize(changes), ALICE).await;
        browser.get("/v2/logout?client_id=spa").await;
        let other = browser.sign_in(&authorize(&[]), ALICE).await;
        let end = browser.follow(waiting).await;
        if is_asked {
            assert_begins_again(&end);
        } else {
            assert_eq!(end.id_token()["sid"], other.id_token()["sid"]);
        }
    }
}

/// The rules for all sessions apply to the session of this sign-in.
#[tokio::test]
async fn a_connection_that_is_switched_off_meanwhile() {
    let mut app = TestApp::start().await;
    add_carol(&app).await;
    let cookies;
    let resume = {
        let mut browser = app.browser();
        let target = authorize(&[("prompt", "login")]);
        let waiting = half_way(&mut browser, &target, CAROL).await;
        cookies = browser.cookies;
        waiting.location().to_owned()
    };
    let without_spa = ApplyTenantRequest {
        connections: vec![connection("staff", &["staff"])],
        ..ApplyTenantRequest::default()
    };
    apply(without_spa, &app.channels).await;
    app.restart();
    let mut browser = app.browser();
    browser.cookies = cookies;
    assert_begins_again(&browser.open(&resume).await);
}

/// The user who signs in here is not the hinted one; asking again would never end. Another user in another tab gets no
/// answer here.
#[tokio::test]
async fn a_hint_and_another_tab() {
    let app = TestApp::start().await;
    let hint = app.browser().sign_in(&authorize(&[]), ALICE).await;
    let hint = hint.parameter("id_token").unwrap();
    let target = authorize(&[("id_token_hint", &hint)]);
    let mut browser = app.browser();
    let waiting = half_way(&mut browser, &target, ALICE).await;
    browser
        .sign_in(&authorize(&[("prompt", "login")]), BOB)
        .await;
    assert_begins_again(&browser.follow(waiting).await);

    let waiting = half_way(&mut browser, &target, BOB).await;
    assert_eq!(browser.follow(waiting).await.error(), "login_required");
}
