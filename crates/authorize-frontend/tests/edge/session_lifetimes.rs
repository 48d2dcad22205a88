//! The lifetime of sessions under the tenant's settings, and the requests that extend it.

use std::time::Duration;

use axum::body::Body;
use doorward_proto::client_registry::v1::TenantPatch;
use http::Request;
use http::header::SET_COOKIE;

use crate::session_cookies::SESSION;
use crate::tenant::{ALICE, BOB, PASSWORD, apply_settings};
use crate::{Answer, Browser, TestApp, authorize};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

async fn is_signed_in(browser: &Browser<'_>) -> bool {
    let silent = authorize(&[("prompt", "none")]);
    let error = browser.clone().get(&silent).await.error();
    assert!(["", "login_required"].contains(&&*error), "{error}");
    error.is_empty()
}

async fn signed_in(app: &TestApp) -> Browser<'_> {
    let mut browser = app.browser();
    browser.sign_in(&authorize(&[]), ALICE).await;
    browser
}

/// Changes the settings of the running tenant; lifetimes in minutes.
async fn change(app: &mut TestApp, absolute: u32, idle: u32, persistent: bool) {
    let (session, ephemeral) = if persistent {
        (Some(absolute), None)
    } else {
        (None, Some(absolute))
    };
    let settings = TenantPatch {
        session_lifetime_minutes: session,
        idle_session_lifetime_minutes: session.map(|_| idle),
        ephemeral_session_lifetime_minutes: ephemeral,
        idle_ephemeral_session_lifetime_minutes: ephemeral.map(|_| idle),
        persistent_session_cookie: Some(persistent),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    app.restart();
}

/// Signs in. Returns the `Set-Cookie` header of the session, and the answer to the application.
async fn session_cookie(app: &TestApp) -> (String, Answer) {
    let mut browser = app.browser();
    let page = browser.password_page(&authorize(&[]), ALICE).await;
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    let mut lines = answer.headers.get_all(SET_COOKIE).iter();
    let line = lines.find(|line| line.as_bytes().starts_with(SESSION.as_bytes()));
    let line = line.unwrap().to_str().unwrap().to_owned();
    (line, browser.follow(answer).await)
}

/// SEC-078, SEC-080: the cookie is limited to the host, and differs from the `sid` that applications receive.
#[tokio::test]
async fn sec_078_the_cookie() {
    let app = TestApp::start().await;
    let (line, answer) = session_cookie(&app).await;
    let (pair, attributes) = line.split_once("; ").unwrap();
    let mut attributes: Vec<_> = attributes.split("; ").collect();
    attributes.sort_unstable();
    let expected = [
        "HttpOnly",
        "Max-Age=36000",
        "Path=/",
        "SameSite=None",
        "Secure",
    ];
    assert_eq!(attributes, expected);
    let value = pair.strip_prefix(&format!("{SESSION}=")).unwrap();
    let sid = answer.id_token()["sid"].as_str().unwrap().to_owned();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    assert_eq!((sid.len(), sid.bytes().all(allowed)), (32, true), "{sid}");
    assert!(!value.contains(&sid) && !sid.contains(value));
    let (_, again) = session_cookie(&app).await;
    assert_ne!(again.id_token()["sid"], sid);
}

/// The cookie has no expiry; the stored session has the limits for such cookies.
#[tokio::test]
async fn a_cookie_that_ends_with_the_browser() {
    let mut app = TestApp::start().await;
    change(&mut app, 40, 20, false).await;
    let (line, _) = session_cookie(&app).await;
    let lower = line.to_ascii_lowercase();
    assert!(
        !lower.contains("max-age") && !lower.contains("expires"),
        "{line}"
    );
    let (idle, used) = (signed_in(&app).await, signed_in(&app).await);
    app.clock.advance(19 * MINUTE);
    assert!(is_signed_in(&used).await);
    app.clock.advance(MINUTE);
    assert!(!is_signed_in(&idle).await);
    app.clock.advance(18 * MINUTE);
    assert!(is_signed_in(&used).await);
    app.clock.advance(2 * MINUTE);
    assert!(!is_signed_in(&used).await);
}

/// Mode and limits are fixed at the sign-in: a later change of the tenant's cookie mode does not affect the session.
#[tokio::test]
async fn the_mode_counts_from_the_next_sign_in() {
    let mut app = TestApp::start().await;
    let cookies = signed_in(&app).await.cookies;
    change(&mut app, 40, 20, false).await;
    let mut browser = app.browser();
    browser.cookies = cookies;
    app.clock.advance(50 * MINUTE);
    assert!(is_signed_in(&browser).await);
}

/// A request fifty minutes after the sign-in; the idle limit is an hour.
#[tokio::test]
async fn what_keeps_a_session_alive() {
    let app = TestApp::start().await;
    let of_bob = app.browser().sign_in(&authorize(&[]), BOB).await;
    let of_bob = of_bob.parameter("id_token").unwrap();
    let wildcard = [
        ("client_id", "wildcard"),
        ("redirect_uri", "https://pr-1.preview.example.test/cb"),
        ("prompt", "none"),
    ];
    let partner = [
        ("client_id", "partner"),
        ("redirect_uri", ""),
        ("prompt", "none"),
    ];
    for (what, target, keeps) in [
        ("nothing", String::new(), false),
        ("silent", authorize(&[("prompt", "none")]), true),
        ("interactive", authorize(&[]), true),
        ("another application", authorize(&wildcard), true),
        // The store finds and extends a session in one step, and only later checks show that it does not satisfy the
        // request.
        ("consent is missing", authorize(&partner), true),
        // The store gets the maximum age and the expected user, so it does not extend the session.
        (
            "young enough",
            authorize(&[("prompt", "none"), ("max_age", "3001")]),
            true,
        ),
        (
            "too old",
            authorize(&[("prompt", "none"), ("max_age", "3000")]),
            false,
        ),
        (
            "somebody else's",
            authorize(&[("prompt", "none"), ("id_token_hint", &of_bob)]),
            false,
        ),
        ("too old for no page", authorize(&[("max_age", "60")]), true),
        ("a bad request", authorize(&[("nonce", "")]), false),
        ("userinfo", "/userinfo".to_owned(), false),
        ("keys", "/.well-known/jwks.json".to_owned(), false),
        ("logout of an image", "/v2/logout".to_owned(), false),
        (
            "another page",
            "/u/login/identifier?state=x".to_owned(),
            false,
        ),
    ] {
        let mut alice = app.browser();
        let answer = alice.sign_in(&authorize(&[]), ALICE).await;
        let token = answer.parameter("access_token").unwrap();
        app.clock.advance(50 * MINUTE);
        if !target.is_empty() {
            let request = Request::get(&target);
            let request = match what {
                "userinfo" => request.header("authorization", format!("Bearer {token}")),
                "logout of an image" => request.header("sec-fetch-dest", "image"),
                _ => request,
            };
            let answer = alice.send(request.body(Body::empty()).unwrap()).await;
            assert!(what != "userinfo" || answer.status == 200);
        }
        app.clock.advance(11 * MINUTE);
        assert_eq!(is_signed_in(&alice).await, keeps, "{what}");
    }
}

/// `login_required` without a session extends no session.
#[tokio::test]
async fn a_stranger_keeps_nobody_alive() {
    let app = TestApp::start().await;
    let alice = signed_in(&app).await;
    app.clock.advance(50 * MINUTE);
    let mut stranger = app.browser();
    stranger.cookies = alice.cookies.clone();
    let forged = alice.cookies[SESSION].replace(|_: char| true, "x");
    stranger.cookies.insert(SESSION.to_owned(), forged);
    assert!(!is_signed_in(&stranger).await);
    app.clock.advance(11 * MINUTE);
    assert!(!is_signed_in(&alice).await);
}

/// A use soon after another is not written: within a minute, or within 1 % of the idle limit if that is less.
#[tokio::test]
async fn uses_that_are_not_worth_a_write() {
    for (idle, grace) in [(60, 36), (240, 60)] {
        for (after, extends) in [(grace - 1, false), (grace, true)] {
            let mut app = TestApp::start().await;
            change(&mut app, 600, idle, true).await;
            let alice = signed_in(&app).await;
            app.clock.advance(after * SECOND);
            assert!(is_signed_in(&alice).await);
            app.clock.advance((idle * 60 - after) * SECOND);
            assert_eq!(is_signed_in(&alice).await, extends, "{idle} {after}");
        }
    }
}

/// Lower settings count at the next use, also of open sessions; higher ones at the next sign-in.
#[tokio::test]
async fn settings_that_change() {
    for (absolute, idle, minutes, lives) in [
        (600, 60, 59, true),
        (600, 20, 19, true),
        (600, 20, 20, false),
        (30, 30, 29, true),
        (30, 30, 30, false),
        (1200, 120, 59, true),
        (1200, 120, 60, false),
    ] {
        let mut app = TestApp::start().await;
        let cookies = signed_in(&app).await.cookies;
        change(&mut app, absolute, idle, true).await;
        app.clock.advance(minutes * MINUTE);
        let mut browser = app.browser();
        browser.cookies = cookies;
        let name = format!("{absolute} {idle} {minutes}");
        assert_eq!(is_signed_in(&browser).await, lives, "{name}");
        if lives {
            continue;
        }
        browser.sign_in(&authorize(&[]), ALICE).await;
        app.clock.advance((idle - 1) * MINUTE);
        assert!(is_signed_in(&browser).await, "{name}");
        app.clock.advance(idle * MINUTE);
        assert!(!is_signed_in(&browser).await, "{name}");
    }
}
