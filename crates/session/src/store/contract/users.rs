//! The copies of users.

use super::{at, open, session_use, sign_in, user};
use crate::domain::{NewSession, SessionToken, User};
use crate::store::Store;

async fn copy(store: &dyn Store, token: &SessionToken) -> User {
    let found = store
        .resolve_session(token, &session_use(), at(1))
        .await
        .unwrap();
    found.unwrap().1
}

async fn the_newest_copy_wins(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("copy"), at(0)).await;
    store
        .put_users(&[user("copy", 10), user("copy", 9)], at(0))
        .await
        .unwrap();
    assert_eq!(copy(store, &token).await.version(), 10);

    // The number of digits must not matter, nor that floating point is exact only up to 2^53.
    let large = (1 << 53) + 1;
    store
        .put_users(&[user("copy", large)], at(0))
        .await
        .unwrap();
    store
        .put_users(&[user("copy", large - 1)], at(0))
        .await
        .unwrap();
    assert_eq!(copy(store, &token).await.version(), large);
}

async fn a_sign_in_brings_its_copy(store: &dyn Store) {
    let with_version = |version| NewSession {
        user: user("sign-in", version),
        ..sign_in("sign-in")
    };
    let (old, _) = open(store, &with_version(5), at(0)).await;
    let (new, _) = open(store, &with_version(6), at(0)).await;
    assert_eq!(copy(store, &old).await.version(), 6);
    open(store, &with_version(4), at(0)).await;
    assert_eq!(copy(store, &new).await.version(), 6);
}

async fn users_without_a_session_are_passed_over(store: &dyn Store) {
    store.put_users(&[user("absent", 7)], at(0)).await.unwrap();
    let (token, _) = open(store, &sign_in("absent"), at(0)).await;
    assert_eq!(copy(store, &token).await.version(), 1);
}

async fn many_users_at_once(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("user 499"), at(0)).await;
    let users: Vec<_> = (0..500)
        .map(|number| user(&format!("user {number}"), 3))
        .collect();
    store.put_users(&users, at(0)).await.unwrap();
    assert_eq!(copy(store, &token).await.version(), 3);
    store.put_users(&[], at(0)).await.unwrap();
}

async fn the_relay_position_never_goes_back(store: &dyn Store) {
    assert_eq!(store.get_user_relay_position().await.unwrap(), 0);
    for (put, kept) in [(9, 9), (10, 10), (2, 10), (1 << 60, 1 << 60)] {
        store.put_user_relay_position(put).await.unwrap();
        assert_eq!(store.get_user_relay_position().await.unwrap(), kept);
    }
}

pub(super) async fn all(store: &dyn Store) {
    the_newest_copy_wins(store).await;
    a_sign_in_brings_its_copy(store).await;
    users_without_a_session_are_passed_over(store).await;
    many_users_at_once(store).await;
    the_relay_position_never_goes_back(store).await;
}
