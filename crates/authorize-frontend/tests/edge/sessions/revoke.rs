//! The buttons of the page.

use std::time::Duration;

use super::{
    NOTHING_CHANGED, PAGE, SESSION, is_signed_in, revoke, revoke_others, sid_of, signed_in, two,
};
use crate::TestApp;
use crate::tenant::{ALICE, BOB};

#[tokio::test]
async fn one_of_the_others() {
    let app = TestApp::start().await;
    let (mut here, other, page, sid) = two(&app).await;
    let third = signed_in(&app, ALICE).await;
    let answer = revoke(&mut here, &page, &sid).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, PAGE));
    assert!(!answer.headers.contains_key("set-cookie"));
    assert!(!is_signed_in(&other).await);
    assert!(is_signed_in(&here).await && is_signed_in(&third).await);
    let page = here.get(PAGE).await;
    page.assert_page(200, "This browser");
    assert!(!page.body.contains(&sid), "{}", page.body);
    // Pressed twice: there is no session to end any more.
    let answer = revoke(&mut here, &page, &sid).await;
    answer.assert_page(404, NOTHING_CHANGED);
    assert!(answer.body.contains("href=\"/u/sessions\""));
}

#[tokio::test]
async fn all_others() {
    let app = TestApp::start().await;
    let (mut here, other, page, _) = two(&app).await;
    let third = signed_in(&app, ALICE).await;
    let bob = signed_in(&app, BOB).await;
    let answer = revoke_others(&mut here, &page).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, PAGE));
    assert!(!is_signed_in(&other).await && !is_signed_in(&third).await);
    assert!(is_signed_in(&here).await && is_signed_in(&bob).await);
    let page = here.get(PAGE).await;
    assert!(!page.body.contains("revoke-others"), "{}", page.body);
    // The button may still be pressed in another window of the same browser.
    let answer = revoke_others(&mut here, &page).await;
    assert_eq!(answer.status, 303);
    assert!(is_signed_in(&here).await);
}

#[tokio::test]
async fn the_own_one() {
    let app = TestApp::start().await;
    let (mut here, other, page, _) = two(&app).await;
    let thief = here.clone();
    let sid = sid_of(&page, "Safari on iPhone");
    let answer = revoke(&mut here, &page, &sid).await;
    answer.assert_page(200, "You are signed out");
    assert!(!here.cookies.contains_key(SESSION));
    assert!(!is_signed_in(&thief).await);
    assert!(is_signed_in(&other).await);
}

/// SEC-086: the response does not reveal whether the session exists, or whose it is.
#[tokio::test]
async fn what_is_no_live_session_of_the_user() {
    let app = TestApp::start().await;
    let mut bob = signed_in(&app, BOB).await;
    let of_bob = sid_of(&bob.get(PAGE).await, "This browser");
    let (mut expired, other, ..) = two(&app).await;
    let of_expired = sid_of(&expired.get(PAGE).await, "This browser");
    app.clock.advance(Duration::from_mins(59));
    for alive in [&bob, &other] {
        assert!(is_signed_in(alive).await);
    }
    app.clock.advance(Duration::from_mins(59));
    let mut here = signed_in(&app, ALICE).await;
    let page = here.get(PAGE).await;
    assert!(!page.body.contains(&of_bob) && !page.body.contains(&of_expired));
    let mut seen = Vec::new();
    for sid in [
        &of_bob,
        &of_expired,
        "",
        "unknown",
        &"A".repeat(32),
        &"A".repeat(256),
        "'; --",
        "../é\r\n",
    ] {
        let answer = revoke(&mut here, &page, sid).await;
        answer.assert_page(404, NOTHING_CHANGED);
        let (before, after) = answer.body.split_once("Tracking ID <code>").unwrap();
        let after = after.split_once('<').unwrap().1;
        seen.push(format!("{before}{after}"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "one answer for all: {seen:?}");
    for alive in [&bob, &other, &here] {
        assert!(is_signed_in(alive).await);
    }
    let (csrf, both) = (page.field("_csrf"), [&of_bob, "unknown"]);
    let twice = [
        ("_csrf", csrf),
        ("sid", both[0]),
        ("sid", both[1]),
        ("action", "revoke"),
    ];
    here.post(PAGE, &twice)
        .await
        .assert_page(404, NOTHING_CHANGED);
}
