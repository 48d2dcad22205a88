//! Detection of data loss by markers.

use super::*;
use crate::config::OnDataLoss;

async fn flush(redis: &mut MultiplexedConnection) {
    let () = redis::cmd("FLUSHALL").query_async(redis).await.unwrap();
}

async fn store_that(on_data_loss: OnDataLoss, server: &Server) -> RedisStore {
    let config = RedisConfig {
        on_data_loss,
        ..RedisConfig::new(server.url())
    };
    let store = RedisStore::open(&config).unwrap();
    store.wait_until_used(PATIENCE).await;
    store
}

/// Nothing is concluded from what an emptied store does not hold, from the first call on.
#[tokio::test]
async fn an_emptied_store_knows_nothing() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    let mut redis = redis(&server).await;
    flush(&mut redis).await;
    for _ in 0..3 {
        let answers = unknown(&store, &token).await;
        assert!(answers.iter().all(|unknown| *unknown), "{answers:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(redis.keys("*").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_restored_counts_again() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    let mut redis = redis(&server).await;
    let marker = Key::user(&token.user_hash()).partition.marker();
    let id = redis.get(&marker).await.unwrap().unwrap();
    redis.del(&marker).await.unwrap();
    let answer = resolve(&store, &token).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
    redis.set(&marker, id).await.unwrap();
    assert!(resolve(&store, &token).await.unwrap());
}

#[tokio::test]
async fn a_loss_is_declared_where_that_is_configured() {
    let server = Server::start().await;
    let store = store_that(OnDataLoss::StartEmpty, &server).await;
    let token = add_session(&store).await;
    flush(&mut redis(&server).await).await;
    assert!(!eventually_found(&store, &token).await);
    let next = add_session(&store).await;
    assert!(resolve(&store, &next).await.unwrap());
}

/// A new process takes an empty Redis for a new store, unless `allow_new_store` is false.
#[tokio::test]
async fn no_store_begins_where_none_may() {
    let server = Server::start().await;
    let config = RedisConfig {
        allow_new_store: false,
        ..RedisConfig::new(server.url())
    };
    let late = RedisStore::open(&config).unwrap();
    late.wait_until_used(PATIENCE).await;
    let answer = late.get_user_relay_position().await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
    let token = add_session(&store(&server).await).await;
    assert!(eventually_found(&late, &token).await);
}

/// A service that died while it wrote the markers has lost nothing.
#[tokio::test]
async fn a_beginning_that_was_cut_short_goes_on() {
    let server = Server::start().await;
    drop(store(&server).await);
    let mut redis = redis(&server).await;
    let lost = redis.keys("doorward:{B*:store").await.unwrap();
    assert_eq!(redis.del(lost).await.unwrap(), 64);
    // Once it was complete, what is missing is a loss.
    let waiting = store(&server).await;
    let missing = keys::Partition::sample().filter(|it| it.marker().starts_with("doorward:{B"));
    assert!(missing.count() > 0);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(redis.keys("doorward:{B*:store").await.unwrap().is_empty());
    drop(waiting);
    let completions = redis.keys("doorward:*:store-complete").await.unwrap();
    assert_eq!(redis.del(&completions).await.unwrap(), completions.len());
    let store = store(&server).await;
    add_session(&store).await;
    assert_eq!(redis.keys("doorward:{B*:store").await.unwrap().len(), 64);
    let written = redis.exists(completions).await.unwrap();
    assert!(written);
}

/// Replicas that start at the same time begin one store, not two.
#[tokio::test]
async fn a_new_store_has_one_id() {
    let server = Server::start().await;
    let (_a, _b) = tokio::join!(store(&server), store(&server));
    let mut redis = redis(&server).await;
    let mut ids = Vec::new();
    for key in redis.keys("doorward:*:store").await.unwrap() {
        ids.extend(redis.get(key).await.unwrap());
    }
    assert_eq!(ids.len(), 4_096);
    ids.dedup();
    assert_eq!(ids.len(), 1);
}
