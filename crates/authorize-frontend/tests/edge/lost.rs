//! A user who returns to a finished sign-in is led to a page where they can start again.

use std::time::Duration;

use doorward_proto::client_registry::v1::TenantPatch;

use crate::tenant::{ALICE, PASSWORD, apply_settings};
use crate::{Answer, TestApp, authorize};

const HOME: &str = "https://home.example.test/";
const ISS: &str = "iss=https%3A%2F%2Fauth.example.test%2F";

fn granted() -> String {
    authorize(&[("client_id", "granted"), ("redirect_uri", "")])
}

fn login_page(page: &Answer) -> String {
    format!("/u/login/identifier?state={}", page.field("state"))
}

#[tokio::test]
async fn to_the_applications_login_page_else_to_the_tenants() {
    let mut app = TestApp::start().await;
    let settings = TenantPatch {
        default_redirection_uri: Some(HOME.to_owned()),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    app.restart();
    for (target, expected) in [
        (
            granted(),
            format!("https://granted.example.test/login?x=1&{ISS}"),
        ),
        (authorize(&[]), format!("{HOME}?{ISS}")),
    ] {
        let mut browser = app.browser();
        let page = browser.open(&target).await;
        app.clock.advance(Duration::from_mins(61));
        let mut forgetful = app.browser();
        for browser in [&mut browser, &mut forgetful] {
            let answer = browser.get(&login_page(&page)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.location()),
                (302, expected.as_str())
            );
            let answer = browser.submit("identifier", &page, ALICE, "").await;
            assert_eq!(answer.location(), expected);
        }
        // Browsers follow a form only to the targets that the page allows.
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let (origin, _) = expected.split_at(expected[8..].find('/').unwrap() + 8);
        assert!(policy.contains(&format!(" {origin}")), "{policy}");
        // After a day its application is no longer stored.
        app.clock.advance(Duration::from_hours(24));
        for state in [page.field("state"), "nonsense", ""] {
            let answer = browser
                .get(&format!("/u/login/identifier?state={state}"))
                .await;
            assert_eq!(answer.location(), format!("{HOME}?{ISS}"), "{state}");
        }
    }
}

/// The same for an answered sign-in, by its pages and by a form that is sent again.
#[tokio::test]
async fn to_the_login_page_after_the_answer() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.password_page(&granted(), ALICE).await;
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    let resume = answer.location().to_owned();
    let answer = browser.follow(answer).await;
    assert!(answer.parameter("id_token").is_some());
    let expected = format!("https://granted.example.test/login?x=1&{ISS}");
    for _ in 0..2 {
        for path in [&resume, &login_page(&page)] {
            assert_eq!(browser.open(path).await.location(), expected);
        }
        let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
        assert_eq!(browser.follow(answer).await.location(), expected);
        // Then it is no longer stored.
        app.clock.advance(Duration::from_mins(3));
    }
}

#[tokio::test]
async fn nobody_says_where() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.open(&authorize(&[])).await;
    app.clock.advance(Duration::from_mins(61));
    let answer = browser.get(&login_page(&page)).await;
    answer.assert_page(400, "Please start again");
}

/// The landing page of invitations begins no sign-in without a ticket.
#[tokio::test]
async fn never_to_our_own_landing_page() {
    let mut app = TestApp::start().await;
    let landing = "https://auth.example.test/u/invitation/start";
    let settings = TenantPatch {
        default_redirection_uri: Some(landing.to_owned()),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    app.restart();
    let mut browser = app.browser();
    let page = browser.open(&authorize(&[])).await;
    let answer = browser.get("/u/login/identifier?state=nonsense").await;
    answer.assert_page(400, "Please start again");
    app.clock.advance(Duration::from_mins(61));
    let answer = browser.get(&login_page(&page)).await;
    answer.assert_page(400, "Please start again");

    let mut browser = app.browser();
    let page = browser.password_page(&authorize(&[]), ALICE).await;
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    browser.follow(answer).await;
    let answer = browser.open(&login_page(&page)).await;
    answer.assert_page(200, "");
}

/// Abandoned requests must not fill the store.
#[tokio::test]
async fn a_page_that_nothing_was_typed_into_is_kept_for_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let (mut unused, mut used) = (app.browser(), app.browser());
    let untouched = unused.open(&authorize(&[])).await;
    let identifier = used.open(&authorize(&[])).await;
    app.clock.advance(Duration::from_mins(14));
    unused
        .get(&login_page(&untouched))
        .await
        .assert_page(200, "");
    let answer = used.submit("identifier", &identifier, ALICE, "").await;
    let password = used.follow(answer).await;
    app.clock.advance(Duration::from_mins(1));
    let answer = unused.submit("identifier", &untouched, ALICE, "").await;
    answer.assert_page(400, "Please start again");
    app.clock.advance(Duration::from_mins(44));
    let answer = used.submit("password", &password, ALICE, PASSWORD).await;
    let answer = used.follow(answer).await;
    assert_eq!(answer.error(), "");
    assert_ne!(answer.location(), "");
}

/// A link to the sign-in of another browser reveals nothing while it is pending.
#[tokio::test]
async fn sec_075_not_from_another_browser() {
    let app = TestApp::start().await;
    let page = app.browser().open(&granted()).await;
    let mut other = app.browser();
    for _ in 0..2 {
        let answer = other.get(&login_page(&page)).await;
        answer.assert_page(400, "Please start again");
        let answer = other.submit("identifier", &page, ALICE, "").await;
        answer.assert_page(403, "Please start again");
        other.open(&granted()).await;
    }
}
