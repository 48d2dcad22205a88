//! The contract of every store, tested on PostgreSQL and SQLite.

use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::postgres;
use jiff::Timestamp;

use super::{SqlStore, Store};
use crate::Error;
use crate::domain::{KeyId, KeyPair, KeyState, SealedKey, StoredKey};

const AT: Timestamp = Timestamp::constant(1_767_323_045, 123_000_000);

fn key(kid: &str, state: KeyState) -> StoredKey {
    let kid = KeyId::from(kid.to_owned());
    StoredKey {
        alg: SigningAlg::Rs256,
        sealed: Some(SealedKey::new(kid.clone(), format!("sealed {kid}"))),
        certificate: None,
        state,
        created_at: AT,
        current_since: None,
        current_until: None,
        revoked_at: None,
        kid,
    }
}

fn kids(keys: &[StoredKey]) -> Vec<&str> {
    keys.iter().map(|key| key.kid.as_str()).collect()
}

/// Adds the keys if there are none.
fn begin_with(
    keys: Vec<StoredKey>,
) -> impl FnOnce(&[StoredKey]) -> Result<Vec<StoredKey>, Error> + Send {
    move |found| {
        Ok(if found.is_empty() {
            keys
        } else {
            found.to_vec()
        })
    }
}

async fn an_empty_store_has_no_keys(store: &dyn Store) {
    assert_eq!(store.find_keys().await.unwrap().keys, []);
}

async fn of_two_who_begin_together_one_wins(store: &dyn Store) {
    let two = |name: &str| {
        vec![
            key(&format!("{name}-1"), KeyState::Current),
            key(&format!("{name}-2"), KeyState::Next),
        ]
    };
    let before = store.revision().await.unwrap();
    let (ours, theirs) = (two("ours"), two("theirs"));
    let (we_have, they_have) = tokio::join!(
        store.change(Box::new(begin_with(ours.clone()))),
        store.change(Box::new(begin_with(theirs.clone())))
    );
    let kept = we_have.unwrap();
    assert_eq!(kept, they_have.unwrap());
    assert!(kept.keys == ours || kept.keys == theirs, "{kept:?}");
    assert_eq!(kept.revision, before + 1, "one of them changed the keys");
    assert_eq!(store.find_keys().await.unwrap(), kept);
}

async fn a_database_has_one_mark(store: &dyn Store) {
    let before = store.revision().await.unwrap();
    let (one, other) = tokio::join!(store.mark(), store.mark());
    let mark = one.unwrap();
    assert_eq!(mark.len(), 8);
    assert_eq!(mark, other.unwrap());
    assert_eq!(mark, store.mark().await.unwrap());
    assert_eq!(store.revision().await.unwrap(), before);
}

async fn every_part_of_a_key_is_kept(store: &dyn Store) {
    let pair = KeyPair::generate(SigningAlg::EdDsa).unwrap();
    let whole = StoredKey {
        alg: SigningAlg::EdDsa,
        kid: KeyId::from("whole".to_owned()),
        state: KeyState::Revoked,
        sealed: None,
        certificate: Some(pair.certificate("login.example.com", AT).unwrap()),
        created_at: AT,
        current_since: Some(AT + std::time::Duration::from_millis(1)),
        current_until: Some(AT + std::time::Duration::from_millis(2)),
        revoked_at: Some(AT + std::time::Duration::from_millis(3)),
    };
    let added = whole.clone();
    let add = move |keys: &[StoredKey]| Ok([keys, &[added]].concat());
    store.change(Box::new(add)).await.unwrap();
    assert_eq!(store.find_keys().await.unwrap().keys.last(), Some(&whole));
}

/// The unique index allows no moment with two keys in one state.
async fn keys_move_on_in_one_transaction(store: &dyn Store) {
    let before = store.find_keys().await.unwrap();
    let move_on = |keys: &[StoredKey]| {
        let mut keys = keys.to_vec();
        keys[0].state = KeyState::Previous;
        keys[0].sealed = None;
        keys[1].state = KeyState::Current;
        keys.push(key("newest", KeyState::Next));
        keys.sort_by_key(StoredKey::order);
        Ok(keys)
    };
    let after = store.change(Box::new(move_on)).await.unwrap();
    assert_eq!(after.revision, before.revision + 1);
    assert_eq!(store.revision().await.unwrap(), after.revision);
    let found = store.find_keys().await.unwrap();
    assert_eq!(found, after);
    let states: Vec<_> = found.keys.iter().map(|key| key.state).collect();
    assert_eq!(
        states,
        [
            KeyState::Current,
            KeyState::Next,
            KeyState::Previous,
            KeyState::Revoked
        ]
    );
    assert_eq!(found.keys[0].kid, before.keys[1].kid);
    assert_eq!(found.keys[2].sealed, None);
}

/// The unique index allows one current and one next key of each algorithm, also when two of them begin together.
async fn each_algorithm_has_keys_of_its_own(store: &dyn Store) {
    let of = |kid: &str, alg, state| StoredKey {
        alg,
        ..key(kid, state)
    };
    let two = |alg: SigningAlg, name: &str| {
        let states = [KeyState::Current, KeyState::Next];
        states.map(|state| of(&format!("{alg} {name} {}", state.as_str()), alg, state))
    };
    let before = store.find_keys().await.unwrap();
    let begin = |alg: SigningAlg, name: &str| {
        let new = two(alg, name);
        let change = move |keys: &[StoredKey]| {
            let is_there = keys.iter().any(|key| key.alg == alg);
            let new = if is_there { &[] } else { &new[..] };
            let mut keys = [keys, new].concat();
            keys.sort_by_key(StoredKey::order);
            Ok(keys)
        };
        store.change(Box::new(change))
    };
    let (es256, again, ps256) = tokio::join!(
        begin(SigningAlg::Es256, "ours"),
        begin(SigningAlg::Es256, "theirs"),
        begin(SigningAlg::Ps256, "ours")
    );
    for result in [es256, again, ps256] {
        result.unwrap();
    }
    let after = store.find_keys().await.unwrap();
    assert_eq!(after.revision, before.revision + 2);
    let current = after.keys.iter();
    let current = current.filter(|key| key.state == KeyState::Current);
    let algs: Vec<_> = current.map(|key| key.alg).collect();
    assert_eq!(
        algs,
        [SigningAlg::Rs256, SigningAlg::Ps256, SigningAlg::Es256]
    );

    for state in [KeyState::Current, KeyState::Next] {
        let second = of("second", SigningAlg::Es256, state);
        let add = |keys: &[StoredKey]| Ok([keys, &[second]].concat());
        assert!(store.change(Box::new(add)).await.is_err(), "{state:?}");
    }
    assert_eq!(store.find_keys().await.unwrap(), after);
    let without = |_: &[StoredKey]| Ok(before.keys.clone());
    store.change(Box::new(without)).await.unwrap();
}

async fn what_is_refused_or_the_same_changes_nothing(store: &dyn Store) {
    let before = store.find_keys().await.unwrap();
    let refuse = |_: &[StoredKey]| Err(Error::Interrupted);
    assert!(store.change(Box::new(refuse)).await.is_err());
    let same = |keys: &[StoredKey]| Ok(keys.to_vec());
    assert_eq!(store.change(Box::new(same)).await.unwrap(), before);
    assert_eq!(store.find_keys().await.unwrap(), before);
}

async fn a_key_that_is_left_out_is_removed(store: &dyn Store) {
    let without = |keys: &[StoredKey]| Ok(keys[..2].to_vec());
    let after = store.change(Box::new(without)).await.unwrap();
    assert_eq!(after.keys.len(), 2);
    assert_eq!(store.find_keys().await.unwrap(), after);
}

async fn of_twenty_changes_at_once_none_is_lost(store: &dyn Store) {
    let before = store.find_keys().await.unwrap();
    let changes = (0..20).map(|number| {
        let add = move |keys: &[StoredKey]| {
            let added = key(&format!("many-{number:02}"), KeyState::Previous);
            Ok([keys, &[added]].concat())
        };
        store.change(Box::new(add))
    });
    for result in futures::future::join_all(changes).await {
        result.unwrap();
    }
    let after = store.find_keys().await.unwrap();
    assert_eq!(after.revision, before.revision + 20);
    assert_eq!(kids(&after.keys)[2..].len(), 20);
}

async fn all(config: DatabaseConfig) {
    let store = SqlStore::open(&config).await.unwrap();
    an_empty_store_has_no_keys(&store).await;
    of_two_who_begin_together_one_wins(&store).await;
    a_database_has_one_mark(&store).await;
    every_part_of_a_key_is_kept(&store).await;
    keys_move_on_in_one_transaction(&store).await;
    each_algorithm_has_keys_of_its_own(&store).await;
    what_is_refused_or_the_same_changes_nothing(&store).await;
    a_key_that_is_left_out_is_removed(&store).await;
    of_twenty_changes_at_once_none_is_lost(&store).await;
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    all(DatabaseConfig::sqlite(&folder.path().join("keys.db"))).await;
}

#[tokio::test]
async fn postgres() {
    all(DatabaseConfig {
        max_connections: 4,
        ..DatabaseConfig::new(postgres::database().await)
    })
    .await;
}
