//! Bounds of the cost of calls, and of the number of sessions.

use super::*;
use crate::store::MAX_SESSIONS;

#[tokio::test]
async fn a_session_is_resolved_in_one_round_trip() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    assert!(resolve(&store, &token).await.unwrap());
    let mut redis = redis(&server).await;
    let before = (
        calls(&mut redis, "fcall").await,
        calls(&mut redis, "hset").await,
    );
    assert!(resolve(&store, &token).await.unwrap());
    let after = (
        calls(&mut redis, "fcall").await,
        calls(&mut redis, "hset").await,
    );
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, 0));
}

#[tokio::test]
async fn all_sessions_of_a_user_are_listed_and_revoked_in_one_round_trip() {
    let server = Server::start().await;
    let store = store(&server).await;
    for _ in 0..50 {
        add_session(&store).await;
    }
    let alice = UserId::from("auth0|alice".to_owned());
    let revoke = async || store.revoke_sessions(&alice, &Revocation::All, now()).await;
    let mut redis = redis(&server).await;
    let list = store.list_sessions(&alice, &session_use(), now()).await;
    assert_eq!(list.unwrap().len(), 50);
    assert_eq!(calls(&mut redis, "hgetall").await, 1);
    assert_eq!(revoke().await.unwrap(), 50);
    add_session(&store).await;
    let before = calls(&mut redis, "fcall").await;
    assert_eq!(revoke().await.unwrap(), 1);
    assert_eq!(calls(&mut redis, "fcall").await - before, 1);
}

/// A relay sends this many at once. Every user that was ever blocked is a revoking copy.
#[tokio::test]
async fn many_users_are_put_at_once() {
    let server = Server::start().await;
    let store = store(&server).await;
    let user = |number| {
        User::from(doorward_proto::common::v1::User {
            user_id: format!("auth0|{number}"),
            version: 2,
            sessions_from_version: 2,
            ..Default::default()
        })
    };
    let users: Vec<_> = (0..500).map(user).collect();
    store.put_users(&users, now()).await.unwrap();
}

/// Many sign-ins without a cookie must not make the calls on a user slow.
#[tokio::test]
async fn a_user_has_so_many_sessions_and_no_more() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    let mut redis = redis(&server).await;
    let key = user_key(&token);
    for _ in 0..MAX_SESSIONS + 20 {
        add_session(&store).await;
    }
    let last = add_session(&store).await;
    assert!(resolve(&store, &last).await.unwrap());
    let fields = redis.hlen(&key).await.unwrap();
    assert_eq!(fields, MAX_SESSIONS + 2);
}
