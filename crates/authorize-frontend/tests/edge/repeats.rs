//! Forms that are submitted twice, pages that are gone back to, tabs side by side, and strangers' forms.

use axum::body::Body;
use http::Request;
use http::header::SET_COOKIE;

use crate::tenant::{ALICE, BOB, PASSWORD};
use crate::{Answer, TestApp, authorize};

fn has_token(answer: &Answer) -> bool {
    answer.parameter("id_token").is_some()
}

/// The browser drops the answer to the first submit, with its cookie, and waits for the one to the second.
#[tokio::test]
async fn sec_124_a_password_submitted_twice() {
    let app = TestApp::start().await;
    for prompt in ["", "login"] {
        let mut browser = app.browser();
        let target = authorize(&[("prompt", prompt)]);
        let page = browser.password_page(&target, ALICE).await;
        let mut dropped = browser.clone();
        dropped.submit("password", &page, ALICE, PASSWORD).await;
        let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
        assert!(has_token(&browser.follow(answer).await), "{prompt}");

        let page = browser
            .password_page(&authorize(&[("prompt", "login")]), ALICE)
            .await;
        let mut dropped = browser.clone();
        let (_, answer) = tokio::join!(
            dropped.submit("password", &page, ALICE, PASSWORD),
            browser.submit("password", &page, ALICE, PASSWORD)
        );
        assert!(has_token(&browser.follow(answer).await), "{prompt}");
    }
}

#[tokio::test]
async fn sec_124_a_sign_up_submitted_twice() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.open(&authorize(&[("screen_hint", "signup")])).await;
    let fields = |password| {
        [
            ("state", page.field("state")),
            ("_csrf", page.field("_csrf")),
            ("email", "new@example.test"),
            ("password", password),
        ]
    };
    let mut dropped = browser.clone();
    dropped.post("/u/signup", &fields(PASSWORD)).await;
    let answer = browser.post("/u/signup", &fields(PASSWORD)).await;
    assert!(has_token(&browser.follow(answer).await));
    let other = browser.post("/u/signup", &fields("another password")).await;
    other.assert_page(400, "data-error-code=\"email-in-use\"");
}

#[tokio::test]
async fn going_back_leads_to_the_answer_or_to_a_new_start() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.password_page(&authorize(&[]), ALICE).await;
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    let resume = answer.location().to_owned();
    assert!(has_token(&browser.follow(answer).await));
    let back = format!("/u/login/password?state={}", page.field("state"));
    assert!(has_token(&browser.open(&back).await));
    assert!(has_token(&browser.open(&resume).await));

    browser.get("/v2/logout?client_id=spa").await;
    browser
        .open(&back)
        .await
        .assert_page(200, "name=\"username\"");
}

/// An edited address makes the page before it worthless.
#[tokio::test]
async fn an_older_page_leads_to_the_current_one() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let first = browser.open(&authorize(&[])).await;
    let second = browser.submit("identifier", &first, ALICE, "").await;
    let second = browser.follow(second).await;
    let again = browser.submit("identifier", &first, BOB, "").await;
    let again = browser.follow(again).await;
    assert_eq!(again.field("state"), second.field("state"));
    assert!(again.body.contains(ALICE) && !again.body.contains(BOB));
}

#[tokio::test]
async fn sec_087_thirty_tabs() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let mut tabs = Vec::new();
    for number in 0..30 {
        let state = number.to_string();
        let target = authorize(&[("state", &state), ("prompt", "login")]);
        tabs.push((browser.password_page(&target, ALICE).await, state));
    }
    for (page, state) in tabs {
        let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
        let answer = browser.follow(answer).await;
        assert_eq!(answer.parameter("state"), Some(state));
        assert!(has_token(&answer));
    }
    let cookies: usize = browser.cookies.values().map(String::len).sum();
    assert!(cookies < 4096);
}

#[tokio::test]
async fn sec_074_and_075_another_browsers_sign_in() {
    let app = TestApp::start().await;
    let (mut attacker, mut victim) = (app.browser(), app.browser());
    let page = attacker.password_page(&authorize(&[]), ALICE).await;
    victim.open(&authorize(&[])).await;
    for mut stranger in [victim, app.browser()] {
        let form = stranger.submit("password", &page, ALICE, PASSWORD).await;
        form.assert_page(403, "Please start again");
        for path in [
            "/u/login/identifier",
            "/u/login/password",
            "/u/signup",
            "/authorize/resume",
        ] {
            let target = format!("{path}?state={}", page.field("state"));
            let answer = stranger.get(&target).await;
            answer.assert_page(400, "Please start again");
        }
    }
    let mut forged = attacker.clone();
    let fields = [
        ("state", page.field("state")),
        ("username", ALICE),
        ("password", PASSWORD),
    ];
    forged
        .post("/u/login/password", &fields)
        .await
        .assert_page(403, "Please start again");
}

/// Of several that go on at once, all arrive at the same page.
#[tokio::test]
async fn resumed_several_times_at_once() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let target = authorize(&[("prompt", "consent")]);
    let page = browser.password_page(&target, ALICE).await;
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    let resume = answer.location().to_owned();
    let mut same = [(); 6].map(|()| browser.clone());
    let answers = same.iter_mut().map(|browser| browser.get(&resume));
    for answer in futures::future::join_all(answers).await {
        assert!(
            answer.location().starts_with("/u/consent?"),
            "{}",
            answer.body
        );
    }
}

/// Without the browser's cookie, a form that another site posts is first sent again from a page of ours: a new cookie
/// would end the sign-ins in all other tabs.
#[tokio::test]
async fn a_request_posted_by_another_site() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let open = browser.password_page(&authorize(&[]), ALICE).await;
    let cookies = std::mem::take(&mut browser.cookies);
    let target = authorize(&[]);
    let (_, body) = target.split_once('?').unwrap();
    let post = |site: &str| {
        Request::post("/authorize")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    let page = browser.send(post("cross-site")).await;
    page.assert_page(200, "action=\"/authorize\"");
    assert!(!page.headers.contains_key(SET_COOKIE));
    assert_eq!(page.field("state").replace("&#38;", "&"), "a+b &#/é");
    browser.cookies = cookies;
    let answer = browser.send(post("same-origin")).await;
    assert!(answer.location().starts_with("/u/login/"));
    let answer = browser.submit("password", &open, ALICE, PASSWORD).await;
    assert!(has_token(&browser.follow(answer).await));
}

/// A cookie that was not made here is no cookie: it must not keep anybody from signing in.
#[tokio::test]
async fn sec_081_a_browser_cookie_of_another_shape() {
    let app = TestApp::start().await;
    for value in [
        "x",
        "a b",
        &"x".repeat(200),
        "____________________________é__",
    ] {
        let mut browser = app.browser();
        let name = "__Host-doorward-browser".to_owned();
        browser.cookies.insert(name.clone(), value.to_owned());
        let answer = browser.sign_in(&authorize(&[]), ALICE).await;
        assert!(has_token(&answer), "{value}");
        assert_ne!(browser.cookies[&name], value);
    }
}
