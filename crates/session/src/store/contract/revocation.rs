//! Sessions that others end: one by one, or by a change of their user.

use doorward_proto::common::v1::User as WireUser;

use super::{again, at, limits, open, resolve, session_use, sign_in, user};
use crate::domain::{NewSession, Revocation, SessionToken, SessionUse, User, UserId};
use crate::store::Store;

/// A user after a change that revokes all sessions.
fn changed(id: &str, version: u64, blocked: bool) -> User {
    User::from(WireUser {
        blocked,
        sessions_from_version: version,
        ..user(id, version).into_message()
    })
}

/// A user after an earlier version was blocked.
fn unblocked(id: &str, version: u64, sessions_from_version: u64) -> User {
    User::from(WireUser {
        sessions_from_version,
        ..user(id, version).into_message()
    })
}

fn sign_in_of(user: User) -> NewSession {
    NewSession {
        user,
        ..sign_in("anybody")
    }
}

async fn sids(store: &dyn Store, id: &str, seconds: i64) -> Vec<String> {
    let user = UserId::from(id.to_owned());
    let listed = store
        .list_sessions(&user, &session_use(), at(seconds))
        .await;
    listed
        .unwrap()
        .into_iter()
        .map(|session| session.sid)
        .collect()
}

async fn revoke(store: &dyn Store, id: &str, which: Revocation) -> usize {
    let user = UserId::from(id.to_owned());
    store.revoke_sessions(&user, &which, at(2)).await.unwrap()
}

async fn put(store: &dyn Store, user: User) {
    store.put_users(&[user], at(1)).await.unwrap();
}

async fn live_sessions_are_listed(store: &dyn Store) {
    let (_, first) = open(store, &sign_in("list"), at(0)).await;
    let (token, second) = open(store, &sign_in("list"), at(100)).await;
    open(store, &sign_in("list of another"), at(0)).await;
    assert_eq!(sids(store, "list", 100).await, [&*second.sid, &*first.sid]);
    assert_eq!(
        sids(store, "list", 1_000).await,
        std::slice::from_ref(&second.sid)
    );
    assert_eq!(sids(store, "list", 1_100).await, [""; 0]);
    assert_eq!(sids(store, "list of nobody", 0).await, [""; 0]);

    let user = UserId::from("list".to_owned());
    let listed = store
        .list_sessions(&user, &session_use(), at(100))
        .await
        .unwrap();
    assert_eq!(listed[0], resolve(store, &token, at(100)).await.unwrap());
    let lower = SessionUse {
        limits: limits(10_000, 50),
        ..session_use()
    };
    let listed = store.list_sessions(&user, &lower, at(100)).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].idle_expires_at(), at(150));
}

async fn one_all_others_or_all_are_revoked(store: &dyn Store) {
    let mut opened = Vec::new();
    for seconds in 0..4 {
        opened.push(open(store, &sign_in("revoke"), at(seconds)).await);
    }
    let sid = |index: usize| opened[index].1.sid.clone();
    let live = async || {
        let mut live = Vec::new();
        for (token, _) in &opened {
            live.push(resolve(store, token, at(3)).await.is_some());
        }
        live
    };
    assert_eq!(revoke(store, "revoke", Revocation::Only(sid(0))).await, 1);
    assert_eq!(live().await, [false, true, true, true]);
    assert_eq!(revoke(store, "revoke", Revocation::Only(sid(0))).await, 0);
    assert_eq!(revoke(store, "revoke", Revocation::AllBut(sid(1))).await, 2);
    assert_eq!(live().await, [false, true, false, false]);
    assert_eq!(sids(store, "revoke", 3).await, [sid(1)]);
    assert_eq!(revoke(store, "revoke", Revocation::All).await, 1);
    assert_eq!(live().await, [false; 4]);
    assert_eq!(revoke(store, "revoke", Revocation::All).await, 0);
    assert_eq!(revoke(store, "nobody at all", Revocation::All).await, 0);
}

/// SEC-086.
async fn a_session_of_another_user_is_not_revoked(store: &dyn Store) {
    let (own, _) = open(store, &sign_in("owner"), at(0)).await;
    let (foreign, session) = open(store, &sign_in("stranger"), at(0)).await;
    let sid = session.sid;
    assert_eq!(
        revoke(store, "owner", Revocation::Only(sid.clone())).await,
        0
    );
    assert!(resolve(store, &own, at(2)).await.is_some());
    assert_eq!(revoke(store, "owner", Revocation::AllBut(sid)).await, 1);
    assert!(resolve(store, &foreign, at(2)).await.is_some());
    assert_eq!(resolve(store, &own, at(2)).await, None);
}

async fn expired_sessions_do_not_count(store: &dyn Store) {
    let short = NewSession {
        limits: limits(1, 1),
        ..sign_in("uncounted")
    };
    open(store, &short, at(0)).await;
    open(store, &sign_in("uncounted"), at(0)).await;
    assert_eq!(revoke(store, "uncounted", Revocation::All).await, 1);
}

/// SEC-083: a new password.
async fn a_change_of_the_user_ends_earlier_sessions(store: &dyn Store) {
    let (old, session) = open(store, &sign_in("change"), at(0)).await;
    put(store, changed("change", 2, false)).await;
    assert_eq!(resolve(store, &old, at(1)).await, None);
    assert_eq!(sids(store, "change", 1).await, [""; 0]);
    assert_eq!(revoke(store, "change", Revocation::All).await, 0);

    let (new, next) = open(store, &sign_in_of(changed("change", 2, false)), at(1)).await;
    assert_ne!(next.sid, session.sid);
    assert!(resolve(store, &new, at(2)).await.is_some());
    put(store, unblocked("change", 3, 2)).await;
    assert!(resolve(store, &new, at(3)).await.is_some());
}

async fn a_session_that_has_ended_does_not_go_on(store: &dyn Store) {
    let (old, session) = open(store, &sign_in("goes on"), at(0)).await;
    let proved_anew = NewSession {
        user: changed("goes on", 2, false),
        ..again("goes on", &old)
    };
    let (new, next) = open(store, &proved_anew, at(1)).await;
    assert_ne!(next.sid, session.sid);
    assert_eq!(next.created_at, at(1));
    assert!(resolve(store, &new, at(1)).await.is_some());
    assert_eq!(resolve(store, &old, at(1)).await, None);
}

/// SEC-084.
async fn sessions_of_a_blocked_user_tell_so_and_never_return(store: &dyn Store) {
    let (token, session) = open(store, &sign_in("block"), at(0)).await;
    put(store, changed("block", 2, true)).await;
    let app = SessionUse {
        client_id: "app".to_owned(),
        ..session_use()
    };
    // Not prolonged by asking.
    for seconds in [1, 500, 999] {
        let found = store.resolve_session(&token, &app, at(seconds)).await;
        let (found, user) = found.unwrap().unwrap();
        assert_eq!(found, session);
        assert!(user.is_blocked());
    }
    assert_eq!(sids(store, "block", 1).await, [""; 0]);
    put(store, unblocked("block", 3, 2)).await;
    assert_eq!(resolve(store, &token, at(1)).await, None);
    put(store, changed("block", 4, true)).await;
    assert!(resolve(store, &token, at(999)).await.is_some());
    assert_eq!(resolve(store, &token, at(1_000)).await, None);
}

/// The block itself need not arrive: the outbox sends only the newest change.
async fn a_block_that_was_missed_counts(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("missed"), at(0)).await;
    put(store, unblocked("missed", 3, 2)).await;
    assert_eq!(resolve(store, &token, at(1)).await, None);
}

/// A sign-in with the old password that opens its session after the password was changed.
async fn a_late_sign_in_opens_nothing(store: &dyn Store) {
    let nobody = &SessionToken::generate(&UserId::from("late sign-in".to_owned()));
    let is_open = async |previous: &SessionToken| {
        let (token, _) = open(store, &again("late sign-in", previous), at(3)).await;
        let is_open = resolve(store, &token, at(3)).await.is_some();
        store.end_session(&token).await.unwrap();
        is_open
    };
    put(store, changed("late sign-in", 2, false)).await;
    assert!(!is_open(nobody).await, "without a session before");
    assert!(!is_open(nobody).await, "after the only session has ended");
    put(store, changed("late sign-in", 3, true)).await;
    put(store, unblocked("late sign-in", 4, 3)).await;
    assert!(!is_open(nobody).await, "blocked and unblocked");
    let (current, _) = open(store, &sign_in_of(unblocked("late sign-in", 4, 3)), at(3)).await;
    assert!(!is_open(&current).await, "in the place of a good session");
}

/// The sessions that are removed last expired long before the change.
async fn a_late_sign_in_after_many_expired_sessions_opens_nothing(store: &dyn Store) {
    let id = "late after many";
    let short = |id| NewSession {
        limits: limits(100, 100),
        ..sign_in(id)
    };
    for _ in 0..20 {
        open(store, &short(id), at(0)).await;
    }
    store
        .put_users(&[changed(id, 2, false)], at(1_000))
        .await
        .unwrap();
    let (current, _) = open(store, &sign_in_of(changed(id, 2, false)), at(1_000)).await;
    assert!(store.end_session(&current).await.unwrap());
    for _ in 0..100 {
        open(store, &short("busy"), at(1_001)).await;
    }
    let (late, _) = open(store, &sign_in(id), at(1_002)).await;
    assert_eq!(resolve(store, &late, at(1_002)).await, None);
}

/// Limits of the tenant also apply to sessions of a blocked user.
async fn a_blocked_session_expires_by_lower_limits(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("lower block"), at(0)).await;
    put(store, changed("lower block", 2, true)).await;
    let lower = SessionUse {
        limits: limits(10, 10),
        ..session_use()
    };
    let found = store.resolve_session(&token, &lower, at(10)).await.unwrap();
    assert_eq!(found, None);
    // It has expired for good, like any other session, also if the limits rise again.
    assert_eq!(resolve(store, &token, at(10)).await, None);
}

pub(super) async fn all(store: &dyn Store) {
    live_sessions_are_listed(store).await;
    one_all_others_or_all_are_revoked(store).await;
    a_session_of_another_user_is_not_revoked(store).await;
    expired_sessions_do_not_count(store).await;
    a_change_of_the_user_ends_earlier_sessions(store).await;
    a_session_that_has_ended_does_not_go_on(store).await;
    sessions_of_a_blocked_user_tell_so_and_never_return(store).await;
    a_block_that_was_missed_counts(store).await;
    a_late_sign_in_opens_nothing(store).await;
    a_late_sign_in_after_many_expired_sessions_opens_nothing(store).await;
    a_blocked_session_expires_by_lower_limits(store).await;
}
