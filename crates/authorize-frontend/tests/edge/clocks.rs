//! Wrong clocks: a common clock that is corrected, and a clock of `session` that differs from the others (REL-19).
//!
//! `auth_time` is the time of the password check by the clock of `session`, and never changes, because applications
//! compare it between tokens. So it may be later than the `iat` of a token, if the clock of `token-signing` is behind.
//! `iat` and `exp` come from one clock, that of `token-signing`.

use std::time::Duration;

use axum::body::Body;
use doorward_service_kit::Clock;
use http::Request;

use crate::tenant::{ALICE, API, PASSWORD};
use crate::{Answer, Browser, TestApp, authorize};

const MINUTE: Duration = Duration::from_mins(1);
const JUMPS: [i64; 2] = [-5, 5];

fn jump(app: &TestApp, minutes: i64) {
    let by = Duration::from_mins(minutes.unsigned_abs());
    if minutes < 0 {
        app.clock.set_back(by);
    } else {
        app.clock.advance(by);
    }
}

async fn silent(browser: &Browser<'_>, changes: &[(&str, &str)]) -> Answer {
    let changes = [&[("prompt", "none")], changes].concat();
    browser.clone().get(&authorize(&changes)).await
}

#[tokio::test]
async fn the_clock_jumps_between_sign_in_and_silence() {
    for minutes in JUMPS {
        let app = TestApp::start().await;
        let mut alice = app.browser();
        let proved = app.clock.now().as_second();
        let first = alice.sign_in(&authorize(&[("audience", API)]), ALICE).await;
        jump(&app, minutes);
        let now = app.clock.now().as_second();
        for changes in [vec![], vec![("max_age", "301")]] {
            let answer = silent(&alice, &changes).await;
            assert_eq!(answer.error(), "", "{minutes} {changes:?}");
            let claims = answer.id_token();
            assert_eq!(
                (&claims["auth_time"], &claims["iat"]),
                (&proved.into(), &now.into())
            );
            assert_eq!(claims["sid"], first.id_token()["sid"]);
        }
        let strict = silent(&alice, &[("max_age", "0")]).await;
        assert_eq!(strict.error(), "login_required", "{minutes}");
        assert!(
            alice
                .get(&authorize(&[]))
                .await
                .parameter("id_token")
                .is_some()
        );
        let hint = first.parameter("id_token").unwrap();
        assert_eq!(
            silent(&alice, &[("id_token_hint", &hint)]).await.error(),
            ""
        );
        let bearer = format!("Bearer {}", first.parameter("access_token").unwrap());
        let request = Request::get("/userinfo").header("authorization", bearer);
        let answer = alice.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 200, "{minutes}");
    }
}

/// Limits count from stored times: a clock that is set back ends no session early, and extends none.
#[tokio::test]
async fn limits_after_a_jump_back() {
    for (minutes, lives) in [(59, true), (60, false)] {
        let app = TestApp::start().await;
        let mut alice = app.browser();
        alice.sign_in(&authorize(&[]), ALICE).await;
        jump(&app, -5);
        assert_eq!(silent(&alice, &[]).await.error(), "");
        app.clock.advance((5 + minutes) * MINUTE);
        let expected = if lives { "" } else { "login_required" };
        assert_eq!(silent(&alice, &[]).await.error(), expected, "{minutes}");
    }
}

/// The clock changes while the user types: they are asked once.
#[tokio::test]
async fn the_clock_jumps_during_a_sign_in() {
    for minutes in JUMPS {
        let app = TestApp::start().await;
        let fresh = [("prompt", "login"), ("max_age", "0")];
        let mut alice = app.browser();
        let page = alice.password_page(&authorize(&fresh), ALICE).await;
        jump(&app, minutes);
        let answer = alice.submit("password", &page, ALICE, PASSWORD).await;
        let answer = alice.follow(answer).await;
        let now = app.clock.now().as_second();
        assert_eq!(answer.id_token()["auth_time"], now, "{minutes}");
        assert_eq!(silent(&alice, &[]).await.error(), "");
    }
}

#[tokio::test]
async fn the_clock_of_the_sessions_is_another() {
    for minutes in JUMPS {
        let app = TestApp::start().await;
        app.session_clock.set_minutes_ahead(minutes);
        let fresh = authorize(&[("prompt", "login"), ("max_age", "100")]);
        let mut alice = app.browser();
        // The user is asked once each time, at any age of the session.
        for _ in 0..2 {
            let answer = alice.sign_in(&fresh, ALICE).await;
            let claims = answer.id_token();
            let now = app.clock.now().as_second();
            assert_eq!(claims["iat"], now, "{minutes}");
            assert_eq!(claims["auth_time"], now + 60 * minutes, "{minutes}");
        }
        assert_eq!(silent(&alice, &[]).await.error(), "", "{minutes}");
        // With a clock behind, the sign-in looks five minutes old; with a clock ahead, it looks new for five minutes
        // more.
        let expected = if minutes < 0 { "login_required" } else { "" };
        let answer = silent(&alice, &[("max_age", "100")]).await;
        assert_eq!(answer.error(), expected, "{minutes}");
        app.clock.advance(7 * MINUTE);
        let answer = silent(&alice, &[("max_age", "100")]).await;
        assert_eq!(answer.error(), "login_required", "{minutes}");
        // One clock alone decides about the limits.
        app.clock.advance(50 * MINUTE);
        assert_eq!(silent(&alice, &[]).await.error(), "");
        app.clock.advance(60 * MINUTE);
        assert_eq!(silent(&alice, &[]).await.error(), "login_required");
        app.session_clock.set_minutes_ahead(0);
        assert_eq!(silent(&alice, &[]).await.error(), "login_required");
    }
}

/// A token from before a correction of the clock: the session stays.
#[tokio::test]
async fn the_clock_of_the_sessions_is_corrected() {
    for minutes in JUMPS {
        let app = TestApp::start().await;
        app.session_clock.set_minutes_ahead(minutes);
        let mut alice = app.browser();
        let first = alice.sign_in(&authorize(&[]), ALICE).await;
        app.session_clock.set_minutes_ahead(0);
        for _ in 0..3 {
            let answer = silent(&alice, &[]).await;
            let claims = answer.id_token();
            assert_eq!(claims["auth_time"], first.id_token()["auth_time"]);
            app.clock.advance(50 * MINUTE);
        }
        assert_eq!(silent(&alice, &[]).await.error(), "", "{minutes}");
    }
}
