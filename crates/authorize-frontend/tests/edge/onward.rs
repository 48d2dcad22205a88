//! In browsers with Fetch Metadata, a form that leads to another origin leads to a page of ours.

use std::time::Duration;

use doorward_proto::client_registry::v1::TenantPatch;
use http::header::{CONTENT_SECURITY_POLICY, LOCATION, SET_COOKIE};

use crate::tenant::{ALICE, CALLBACK, PASSWORD, apply_settings, block};
use crate::{Answer, Browser, TestApp, authorize};

/// A browser with the headers of a request that follows a page of ours.
fn from_own_page<'a>(browser: &Browser<'a>) -> Browser<'a> {
    let mut browser = browser.clone();
    for (name, value) in [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-dest", "document"),
    ] {
        browser.headers.insert(name, value.parse().unwrap());
    }
    browser
}

/// Returns the URL that the page opens by itself; checks that its link has the same URL.
#[track_caller]
fn goes_on_to(answer: &Answer) -> String {
    answer.assert_page(200, "One moment");
    let (_, rest) = answer.body.split_once("content=\"0;url=").unwrap();
    let url = rest.split('"').next().unwrap();
    assert!(answer.body.contains(&format!("<a href=\"{url}\">")));
    let policy = answer.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("form-action 'none'"), "{policy}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    url.replace("&#38;", "&")
}

#[tokio::test]
async fn a_sign_in_ends_at_a_page() {
    let app = TestApp::start().await;
    let mut browser = from_own_page(&app.browser());
    let page = browser.password_page(&authorize(&[]), ALICE).await;
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    assert_eq!(answer.status, 303, "pages of ours are led to as ever");
    let url = goes_on_to(&browser.follow(answer).await);
    assert!(url.starts_with(&format!("{CALLBACK}#")), "{url}");
    assert!(url.contains("access_token="), "{url}");
}

#[tokio::test]
async fn whoever_has_not_sent_a_form_gets_the_redirect() {
    let app = TestApp::start().await;
    let mut program = app.browser();
    program.sign_in(&authorize(&[]), ALICE).await;
    for (site, destination) in [
        ("same-origin", "iframe"),
        ("same-site", "document"),
        ("cross-site", "document"),
        ("none", "document"),
    ] {
        let mut browser = program.clone();
        for (name, value) in [("sec-fetch-site", site), ("sec-fetch-dest", destination)] {
            browser.headers.insert(name, value.parse().unwrap());
        }
        let answer = browser.get(&authorize(&[])).await;
        assert_eq!(answer.status, 302, "{}", answer.body);
        assert!(answer.location().starts_with(CALLBACK));
    }
}

#[tokio::test]
async fn a_refusal_and_a_repeated_request_end_at_a_page() {
    let app = TestApp::start().await;
    let mut browser = from_own_page(&app.browser());
    let page = browser.password_page(&authorize(&[]), ALICE).await;
    block(ALICE, &app.channels).await;
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    let url = goes_on_to(&answer);
    assert!(url.starts_with(&format!("{CALLBACK}#error=")), "{url}");

    let target = authorize(&[("prompt", "none")]);
    let (path, query) = target.split_once('?').unwrap();
    let fields: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let fields = fields.iter().map(|(name, value)| (&**name, &**value));
    let url = goes_on_to(&browser.post(path, &fields.collect::<Vec<_>>()).await);
    assert!(url.contains("login_required"), "{url}");
}

#[tokio::test]
async fn a_logout_ends_at_a_page_that_takes_the_cookie_along() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    let mut browser = from_own_page(&browser);
    let question = browser.get("/oidc/logout?client_id=spa").await;
    let fields = [
        ("state", &*question.field("state").replace("&#38;", "&")),
        ("_csrf", question.field("_csrf")),
        ("action", "accept"),
    ];
    let answer = browser.post("/u/logout", &fields).await;
    let url = goes_on_to(&answer);
    assert!(url.starts_with("https://app.example.test/"), "{url}");
    let cookies: Vec<_> = answer.headers.get_all(SET_COOKIE).iter().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    assert!(cookies[0].to_str().unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn a_lost_sign_in_ends_at_a_page() {
    let mut app = TestApp::start().await;
    let settings = TenantPatch {
        default_redirection_uri: Some("https://home.example.test/".to_owned()),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    app.restart();
    let mut browser = from_own_page(&app.browser());
    let page = browser.open(&authorize(&[])).await;
    app.clock.advance(Duration::from_mins(61));
    let answer = browser.submit("identifier", &page, ALICE, "").await;
    let url = goes_on_to(&answer);
    assert!(url.starts_with("https://home.example.test/?iss="), "{url}");
}

#[tokio::test]
async fn a_scheme_of_its_own_gets_its_redirect() {
    let app = TestApp::start().await;
    let native = [
        ("client_id", "native"),
        ("redirect_uri", "com.example.app:/cb"),
    ];
    let answer = from_own_page(&app.browser())
        .sign_in(&authorize(&native), ALICE)
        .await;
    assert_eq!(answer.status, 302, "{}", answer.body);
    assert!(answer.headers.contains_key(LOCATION));
    assert!(answer.location().starts_with("com.example.app:/cb#"));
}
