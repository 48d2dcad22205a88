//! How long sessions live.

use std::time::Duration;

use jiff::Timestamp;

use super::{EPHEMERAL, LIMITS, at, limits, open, resolve, session_use, sign_in};
use crate::domain::{Limits, NewSession, Session, SessionToken, SessionUse};
use crate::store::Store;

async fn resolve_under(
    store: &dyn Store,
    token: &SessionToken,
    limits: Limits,
    now: Timestamp,
) -> Option<Session> {
    let session_use = SessionUse {
        limits,
        ..session_use()
    };
    let found = store
        .resolve_session(token, &session_use, now)
        .await
        .unwrap();
    found.map(|(session, _)| session)
}

async fn a_session_ends_when_nobody_uses_it(store: &dyn Store) {
    let (token, session) = open(store, &sign_in("idle"), at(0)).await;
    assert_eq!(session.idle_expires_at(), at(1_000));
    assert!(resolve(store, &token, at(999)).await.is_some());
    assert!(resolve(store, &token, at(1_998)).await.is_some());
    assert_eq!(resolve(store, &token, at(2_998)).await, None);
    // What was answered once stays true, even if the clock goes back.
    assert_eq!(resolve(store, &token, at(2_000)).await, None);
}

async fn a_session_ends_however_much_it_is_used(store: &dyn Store) {
    let (token, session) = open(store, &sign_in("absolute"), at(0)).await;
    assert_eq!(session.expires_at(), at(10_000));
    for seconds in (900..10_000).step_by(900) {
        assert!(resolve(store, &token, at(seconds)).await.is_some());
    }
    assert!(resolve(store, &token, at(9_999)).await.is_some());
    assert_eq!(resolve(store, &token, at(10_000)).await, None);
}

async fn a_use_soon_after_another_is_not_written(store: &dyn Store) {
    // 1 % of the idle limit is ten seconds here.
    let (token, _) = open(store, &sign_in("grace"), at(0)).await;
    assert_eq!(
        resolve(store, &token, at(9))
            .await
            .unwrap()
            .last_interacted_at,
        at(0)
    );
    assert_eq!(
        resolve(store, &token, at(10))
            .await
            .unwrap()
            .last_interacted_at,
        at(10)
    );
    assert_eq!(
        resolve(store, &token, at(11))
            .await
            .unwrap()
            .idle_expires_at(),
        at(1_010)
    );

    // With long limits it is one minute.
    let long = limits(1_000_000, 500_000);
    let (token, _) = open(
        store,
        &NewSession {
            limits: long,
            ..sign_in("grace")
        },
        at(0),
    )
    .await;
    let used = async |now| {
        resolve_under(store, &token, long, now)
            .await
            .unwrap()
            .last_interacted_at
    };
    assert_eq!(used(at(59)).await, at(0));
    assert_eq!(used(at(60)).await, at(60));
    assert_eq!(used(at(30)).await, at(60));
}

/// A session that does not satisfy `max_age` is found, and not used.
async fn a_session_that_does_not_serve_is_not_used(store: &dyn Store) {
    for (max_age, extends) in [(300, false), (0, false), (301, true), (u64::MAX, true)] {
        let (token, _) = open(store, &sign_in("unserved"), at(0)).await;
        let asking = SessionUse {
            max_age: Some(Duration::from_secs(max_age)),
            client_id: "app".to_owned(),
            ..session_use()
        };
        let found = store.resolve_session(&token, &asking, at(300)).await;
        let (found, _) = found.unwrap().unwrap();
        assert_eq!(found.authenticated_at, at(0));
        let later = resolve(store, &token, at(301)).await.unwrap();
        assert_eq!(later.client_ids.is_empty(), !extends, "{max_age}");
        let used = if extends { at(300) } else { at(301) };
        assert_eq!(later.last_interacted_at, used, "{max_age}");
    }
}

async fn lower_limits_count_at_once(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("lower"), at(0)).await;
    let lower = limits(400, 300);
    let session = resolve_under(store, &token, lower, at(200)).await.unwrap();
    assert_eq!(
        (session.expires_at(), session.idle_expires_at()),
        (at(400), at(500))
    );
    assert_eq!(resolve_under(store, &token, lower, at(400)).await, None);
    assert_eq!(resolve(store, &token, at(400)).await, None);

    let (token, _) = open(store, &sign_in("lower"), at(0)).await;
    assert_eq!(
        resolve_under(store, &token, limits(10_000, 100), at(100)).await,
        None
    );
}

async fn higher_limits_wait_for_the_next_sign_in(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("higher"), at(0)).await;
    let higher = limits(100_000, 50_000);
    let session = resolve_under(store, &token, higher, at(100)).await.unwrap();
    assert_eq!(
        (session.expires_at(), session.idle_expires_at()),
        (at(10_000), at(1_100))
    );
    assert_eq!(resolve_under(store, &token, higher, at(1_100)).await, None);
}

async fn limits_that_rise_again_are_those_of_the_sign_in(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("again"), at(0)).await;
    resolve_under(store, &token, limits(400, 300), at(100))
        .await
        .unwrap();
    let session = resolve(store, &token, at(101)).await.unwrap();
    assert_eq!(
        (session.expires_at(), session.idle_expires_at()),
        (at(10_000), at(1_100))
    );
}

async fn a_session_of_the_browser_has_its_own_limits(store: &dyn Store) {
    let ephemeral = NewSession {
        persistent: false,
        ..sign_in("browser")
    };
    let (token, _) = open(store, &ephemeral, at(0)).await;
    let session = resolve(store, &token, at(100)).await.unwrap();
    assert_eq!(session.expires_at(), at(5_000));
    assert_eq!(session.idle_expires_at(), at(600));
    assert_eq!(session.limits, EPHEMERAL);
    assert_eq!(resolve(store, &token, at(600)).await, None);
}

async fn expired_sessions_are_cleared_away(store: &dyn Store) {
    let (forgotten, _) = open(store, &sign_in("clear"), at(0)).await;
    for round in 0..20 {
        open(store, &sign_in("clear"), at(1_000 + round)).await;
    }
    // The clock goes back: only because the session is not there any more is it not found.
    let found = resolve_under(store, &forgotten, LIMITS, at(1)).await;
    assert_eq!(found, None);
}

pub(super) async fn all(store: &dyn Store) {
    a_session_ends_when_nobody_uses_it(store).await;
    a_session_ends_however_much_it_is_used(store).await;
    a_use_soon_after_another_is_not_written(store).await;
    a_session_that_does_not_serve_is_not_used(store).await;
    lower_limits_count_at_once(store).await;
    higher_limits_wait_for_the_next_sign_in(store).await;
    limits_that_rise_again_are_those_of_the_sign_in(store).await;
    a_session_of_the_browser_has_its_own_limits(store).await;
    expired_sessions_are_cleared_away(store).await;
}
