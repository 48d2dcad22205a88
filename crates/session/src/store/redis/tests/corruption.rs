//! Corrupt values.

use super::*;

#[tokio::test]
async fn a_corrupt_session_harms_no_other() {
    let server = Server::start().await;
    let store = store(&server).await;
    let mut redis = redis(&server).await;
    let (bystander, key) = (
        add_session(&store).await,
        user_key(&add_session(&store).await),
    );
    // The last one is an array whose version is text.
    let odd = "\u{7f}\u{1}";
    for value in ["", "x", "5", "[]", "{}", "{\"sid\":1}", odd] {
        let token = add_session(&store).await;
        redis.hset(&key, field(&token), value).await.unwrap();
        let answer = resolve(&store, &token).await;
        assert!(
            matches!(answer, Err(StoreError::Failed(_))),
            "{value}: {answer:?}"
        );
        let next = SessionToken::generate(&UserId::from("auth0|alice".to_owned()));
        store
            .open_session(&next, &sign_in(Some(&token)), now())
            .await
            .unwrap();
        assert!(!resolve(&store, &token).await.unwrap());
        assert!(resolve(&store, &next).await.unwrap());
    }
    assert!(resolve(&store, &bystander).await.unwrap());
    redis.hdel(&key, "user").await.unwrap();
    assert!(matches!(
        resolve(&store, &bystander).await,
        Err(StoreError::Failed(_))
    ));
}

#[tokio::test]
async fn corrupt_sessions_are_neither_listed_nor_kept() {
    let server = Server::start().await;
    let store = store(&server).await;
    let (token, corrupt) = (add_session(&store).await, add_session(&store).await);
    let mut redis = redis(&server).await;
    let key = user_key(&token);
    redis.hset(&key, field(&corrupt), "{}").await.unwrap();
    let alice = UserId::from("auth0|alice".to_owned());
    let listed = store
        .list_sessions(&alice, &session_use(), now())
        .await
        .unwrap();
    assert_eq!(listed.len(), 1);
    let others = Revocation::AllBut(listed[0].sid.clone());
    let revoked = store.revoke_sessions(&alice, &others, now()).await.unwrap();
    assert_eq!(revoked, 0);
    assert!(!resolve(&store, &corrupt).await.unwrap());
    assert!(resolve(&store, &token).await.unwrap());
}
