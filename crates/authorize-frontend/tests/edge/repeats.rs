//! Forms that are sent twice, the back button, several tabs, and forms of other sites.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use http::header::SET_COOKIE;

use crate::session_cookies::SESSION;
use crate::tenant::{ALICE, BOB, PASSWORD};
use crate::{Answer, Browser, TestApp, authorize};

fn has_token(answer: &Answer) -> bool {
    answer.parameter("id_token").is_some()
}

/// The browser drops the response to the first submit, with its cookie, and uses the second.
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
}

/// Both submits are on their way at once: the later one finds the account of the earlier one.
#[tokio::test]
async fn sec_124_a_sign_up_submitted_twice_at_once() {
    let app = TestApp::start().await;
    for round in 0..10 {
        let mut browser = app.browser();
        let page = browser.open(&authorize(&[("screen_hint", "signup")])).await;
        let email = format!("new{round}@example.test");
        let fields = sign_up_fields(&page, &email, PASSWORD);
        let mut same = [(); 4].map(|()| browser.clone());
        let submits = same.iter_mut().map(|it| it.post("/u/signup", &fields));
        let answers = futures::future::join_all(submits).await;
        for (browser, answer) in same.iter_mut().zip(answers) {
            assert!(
                answer.location().starts_with("/authorize/resume?"),
                "{}",
                answer.body
            );
            assert!(browser.cookies.contains_key(SESSION));
        }
    }
}

/// Signing up is no second way to sign in: the right password of an existing account is not even looked at.
#[tokio::test]
async fn sec_143_a_sign_up_tests_no_password_of_an_account() {
    let app = TestApp::start().await;
    let signup = authorize(&[("screen_hint", "signup")]);
    let mut owner = app.browser();
    let page = owner.open(&signup).await;
    let fields = sign_up_fields(&page, "new@example.test", PASSWORD);
    owner.post("/u/signup", &fields).await;
    let mut browser = app.browser();
    let page = browser.open(&signup).await;
    for password in [PASSWORD, "another password"] {
        let fields = sign_up_fields(&page, "new@example.test", password);
        let answer = browser.post("/u/signup", &fields).await;
        answer.assert_page(400, "data-error-code=\"email-in-use\"");
        assert!(!browser.cookies.contains_key(SESSION), "{password}");
    }
}

#[tokio::test]
async fn sec_154_a_common_password_is_refused_at_sign_up() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.open(&authorize(&[("screen_hint", "signup")])).await;
    for password in ["password123", "Password123", "QWERTYUIOP"] {
        let fields = sign_up_fields(&page, "new@example.test", password);
        let answer = browser.post("/u/signup", &fields).await;
        answer.assert_page(400, "data-error-code=\"password-too-common\"");
    }
    let fields = sign_up_fields(&page, "new@example.test", PASSWORD);
    let answer = browser.post("/u/signup", &fields).await;
    assert!(
        has_token(&browser.follow(answer).await),
        "there was no account yet"
    );
}

fn sign_up_fields<'a>(
    page: &'a Answer,
    email: &'a str,
    password: &'a str,
) -> [(&'static str, &'a str); 4] {
    [
        ("state", page.field("state")),
        ("_csrf", page.field("_csrf")),
        ("email", email),
        ("password", password),
    ]
}

/// A sign-up form sent after the sign-in creates no account, and leads to the current page.
#[tokio::test]
async fn a_sign_up_is_repeated_otherwise() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let target = authorize(&[("screen_hint", "signup"), ("prompt", "consent")]);
    let page = browser.open(&target).await;
    let fields = |email, password| {
        [
            ("state", page.field("state")),
            ("_csrf", page.field("_csrf")),
            ("email", email),
            ("password", password),
        ]
    };
    let signed_up = fields("new@example.test", PASSWORD);
    browser.post("/u/signup", &signed_up).await;
    for other in [
        fields("newer@example.test", PASSWORD),
        fields("new@example.test", "another password"),
        fields(ALICE, PASSWORD),
        fields("", ""),
    ] {
        let before = browser.cookies.clone();
        let answer = browser.post("/u/signup", &other).await;
        assert_eq!(browser.cookies, before);
        let stands = browser.follow(answer).await;
        stands.assert_page(200, "action=\"/u/consent\"");
    }
    let newer = app
        .browser()
        .sign_in(&authorize(&[]), "newer@example.test")
        .await;
    assert!(!has_token(&newer), "there is no such account");
}

/// All ways back into a sign-in: its pages, `/authorize/resume` and its form.
async fn come_back(browser: &mut Browser<'_>, page: &Answer, resume: &str) -> Vec<Answer> {
    let state = page.field("state");
    let mut answers = Vec::new();
    for path in [
        resume.to_owned(),
        format!("/u/login?state={state}"),
        format!("/u/login/password?state={state}"),
        format!("/u/signup?state={state}"),
        format!("/u/consent?state={state}"),
        format!("/u/confirmation?state={state}"),
    ] {
        answers.push(browser.open(&path).await);
    }
    for (email, password) in [(ALICE, PASSWORD), (ALICE, "wrong"), (BOB, PASSWORD)] {
        let before = browser.cookies.clone();
        let answer = browser.submit("password", page, email, password).await;
        assert_eq!(browser.cookies, before, "no session, and no other cookie");
        answers.push(browser.follow(answer).await);
    }
    answers
}

/// The answer is sent once. A user who comes back sees that they are signed in, and how to continue.
#[tokio::test]
async fn one_answer_and_a_way_on() {
    let app = TestApp::start().await;
    for prompt in ["", "login"] {
        let mut browser = app.browser();
        let target = authorize(&[("prompt", prompt)]);
        let page = browser.password_page(&target, ALICE).await;
        let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
        let resume = answer.location().to_owned();
        assert!(has_token(&browser.follow(answer).await));
        for back in come_back(&mut browser, &page, &resume).await {
            for text in [
                "You are signed in",
                ALICE,
                "href=\"https://app.example.test/\"",
            ] {
                back.assert_page(200, text);
            }
        }
        // Then the transaction is no longer stored, and with it its callback.
        app.clock.advance(Duration::from_mins(3));
        for back in come_back(&mut browser, &page, &resume).await {
            back.assert_page(200, "You are signed in");
            assert!(
                !back.body.contains("https://app.example.test"),
                "{}",
                back.body
            );
        }
    }
}

/// After a sign-out, a form that is sent again opens no session, before and after the answer.
#[tokio::test]
async fn a_form_is_sent_again_after_a_sign_out() {
    let app = TestApp::start().await;
    for is_answered in [false, true] {
        for prompt in ["", "login", "consent"] {
            let mut browser = app.browser();
            let page = browser
                .password_page(&authorize(&[("prompt", prompt)]), ALICE)
                .await;
            let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
            if is_answered {
                let page = browser.follow(answer).await;
                if prompt == "consent" {
                    let answer = browser.choose("consent", &page, "accept").await;
                    browser.follow(answer).await;
                }
            }
            browser.get("/v2/logout?client_id=spa").await;
            let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
            assert!(
                !browser.cookies.contains_key(SESSION),
                "{prompt} {is_answered}"
            );
            let stands = browser.follow(answer).await;
            if is_answered {
                stands.assert_page(400, "Please start again");
            } else {
                stands.assert_page(200, "action=\"/u/login/identifier\"");
            }
            let silent = browser.get(&authorize(&[("prompt", "none")])).await;
            assert_eq!(silent.error(), "login_required");
        }
    }
}

/// Only one of several concurrent requests that resume the same sign-in gets tokens.
#[tokio::test]
async fn of_many_that_resume_one_is_answered() {
    let app = TestApp::start().await;
    for _ in 0..10 {
        let mut browser = app.browser();
        let page = browser.password_page(&authorize(&[]), ALICE).await;
        let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
        let resume = answer.location().to_owned();
        let mut same = [(); 8].map(|()| browser.clone());
        let answers = same.iter_mut().map(|browser| browser.open(&resume));
        let answers = futures::future::join_all(answers).await;
        let (answered, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(has_token);
        assert_eq!(answered.len(), 1);
        for other in others {
            other.assert_page(200, "You are signed in");
        }
    }
}

/// One of two concurrent forms opens a session, and both lead to the same answer.
#[tokio::test]
async fn of_many_submits_one_opens_a_session() {
    let app = TestApp::start().await;
    let mut everywhere = app.browser();
    everywhere.sign_in(&authorize(&[]), ALICE).await;
    for round in 1..=10 {
        // There is a limit of attempts with one account in a minute.
        app.clock.advance(Duration::from_mins(1));
        let mut browser = app.browser();
        let page = browser.password_page(&authorize(&[]), ALICE).await;
        let mut same = [(); 6].map(|()| browser.clone());
        let submits = same
            .iter_mut()
            .map(|it| it.submit("password", &page, ALICE, PASSWORD));
        futures::future::join_all(submits).await;
        for other in &same {
            assert_eq!(other.cookies, same[0].cookies);
        }
        let sessions = everywhere.get("/u/sessions").await.body;
        assert_eq!(sessions.matches("name=\"sid\"").count(), round + 1);
    }
}

/// After a changed email address, the earlier password page does not work.
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
        // There is a limit of attempts with one account in a minute.
        app.clock.advance(Duration::from_secs(6));
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

/// Concurrent submits all lead to the same page.
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

/// A form that another site posts comes without the browser cookie, so a page of ours first sends it again: a new
/// cookie would end the sign-ins in all other tabs.
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

/// A malformed browser cookie counts as absent: it must not prevent signing in.
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
