//! The contract of every store, tested on PostgreSQL and SQLite.

use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::postgres;
use jiff::Timestamp;

use super::{SqlStore, Store};
use crate::domain::{KeyId, KeyState, SealedKey, StoredKey};

fn key(kid: &str, state: KeyState) -> StoredKey {
    StoredKey {
        sealed: SealedKey::new(KeyId::from(kid.to_owned()), format!("sealed {kid}")),
        state,
        created_at: Timestamp::constant(1_767_323_045, 123_000_000),
    }
}

fn kids(keys: &[StoredKey]) -> Vec<&str> {
    keys.iter().map(|key| key.sealed.kid().as_str()).collect()
}

async fn an_empty_store_has_no_keys(store: &dyn Store) {
    assert_eq!(store.find_keys().await.unwrap(), []);
}

async fn of_two_who_begin_together_one_wins(store: &dyn Store) {
    let ours = vec![
        key("ours-1", KeyState::Current),
        key("ours-2", KeyState::Next),
    ];
    let theirs = vec![
        key("theirs-1", KeyState::Current),
        key("theirs-2", KeyState::Next),
    ];
    let (we_have, they_have) = tokio::join!(
        store.add_missing_keys(ours.clone()),
        store.add_missing_keys(theirs.clone())
    );
    let kept = we_have.unwrap();
    assert_eq!(kept, they_have.unwrap());
    assert!(kept == ours || kept == theirs, "{:?}", kids(&kept));
}

async fn keys_that_are_there_stay(store: &dyn Store) {
    let before = store.find_keys().await.unwrap();
    let late = vec![key("late", KeyState::Current)];
    assert_eq!(store.add_missing_keys(late).await.unwrap(), before);
    assert_eq!(store.find_keys().await.unwrap(), before);
}

async fn a_missing_key_is_added(store: &dyn Store) {
    let current = vec![key("first", KeyState::Current)];
    assert_eq!(
        kids(&store.add_missing_keys(current).await.unwrap()),
        ["first"]
    );
    let both = vec![
        key("other", KeyState::Current),
        key("second", KeyState::Next),
    ];
    assert_eq!(
        kids(&store.add_missing_keys(both).await.unwrap()),
        ["first", "second"]
    );
}

async fn all(one: DatabaseConfig, other: DatabaseConfig) {
    let store = SqlStore::open(&one).await.unwrap();
    an_empty_store_has_no_keys(&store).await;
    of_two_who_begin_together_one_wins(&store).await;
    keys_that_are_there_stay(&store).await;
    a_missing_key_is_added(&SqlStore::open(&other).await.unwrap()).await;
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let config = |name: &str| DatabaseConfig::sqlite(&folder.path().join(name));
    all(config("one.db"), config("other.db")).await;
}

#[tokio::test]
async fn postgres() {
    let config = async || DatabaseConfig {
        max_connections: 4,
        ..DatabaseConfig::new(postgres::database().await)
    };
    all(config().await, config().await).await;
}
