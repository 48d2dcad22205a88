//! The library of functions and the confirmations on more than one server.

use doorward_test_support::redis::{Cluster, Sentinel};

use super::*;

fn patient(url: String) -> RedisConfig {
    // What is tested is what the answers are, not how soon they come.
    RedisConfig {
        deadline_ms: 5_000,
        ..RedisConfig::new(url)
    }
}

async fn used(config: &RedisConfig) -> RedisStore {
    let store = RedisStore::open(config).unwrap();
    store.wait_until_used(PATIENCE).await;
    store
}

#[tokio::test]
async fn the_contract_holds_behind_sentinels() {
    let sentinel = Sentinel::start(1).await;
    contract::all(&used(&patient(sentinel.url())).await).await;
}

#[tokio::test]
async fn the_contract_holds_in_a_cluster() {
    let cluster = Cluster::start(1).await;
    contract::all(&used(&patient(cluster.url())).await).await;
}

/// Without the replica's word it is not known whether a sign-out will last.
#[tokio::test]
async fn what_no_replica_has_is_not_confirmed() {
    let server = Server::start().await;
    let config = RedisConfig {
        min_replica_acks: Some(1),
        ..RedisConfig::new(server.url())
    };
    let store = used(&config).await;
    let token = add_session(&store).await;
    for _ in 0..2 {
        let ended = store.end_session(&token).await;
        assert!(
            matches!(ended, Err(StoreError::Unavailable(_))),
            "{ended:?}"
        );
    }
    let alice = UserId::from("auth0|alice".to_owned());
    let revoked = store.revoke_sessions(&alice, &Revocation::All, now()).await;
    assert!(
        matches!(revoked, Err(StoreError::Unavailable(_))),
        "{revoked:?}"
    );
    // Calls that need no replica do not wait.
    add_session(&store).await;
}

/// A retry has nothing left to write, and still confirms that the first attempt has arrived.
#[tokio::test]
async fn a_repeated_sign_out_is_confirmed_too() {
    let sentinel = Sentinel::start(1).await;
    let store = used(&patient(sentinel.url())).await;
    let token = add_session(&store).await;
    assert!(store.end_session(&token).await.unwrap());
    assert!(!store.end_session(&token).await.unwrap());
}
