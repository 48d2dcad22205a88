//! Counts of attempts: a record is replaced only by a caller that has read it.

use futures::future::join_all;

use super::at;
use crate::domain::CounterKey;
use crate::store::{AddOutcome, Store};

fn key(identifier: &str) -> CounterKey {
    CounterKey::account(identifier).unwrap()
}

async fn find(store: &dyn Store, key: &CounterKey, now: i64) -> Option<Vec<u8>> {
    store.find_counter(key, at(now)).await.unwrap()
}

async fn swap(
    store: &dyn Store,
    key: &CounterKey,
    read: Option<&[u8]>,
    record: &[u8],
) -> AddOutcome {
    let swapped = store.swap_counter(key, read, record, at(1_000), at(0));
    swapped.await.unwrap()
}

async fn a_record_is_replaced_by_who_has_read_it(store: &dyn Store) {
    let key = key("swapped");
    assert_eq!(find(store, &key, 0).await, None);
    assert_eq!(
        swap(store, &key, Some(b"other"), b"1").await,
        AddOutcome::UsedBefore
    );
    assert_eq!(swap(store, &key, None, b"1").await, AddOutcome::Kept);
    assert_eq!(swap(store, &key, None, b"2").await, AddOutcome::UsedBefore);
    assert_eq!(find(store, &key, 1).await.as_deref(), Some(&b"1"[..]));
    assert_eq!(swap(store, &key, Some(b"1"), b"2").await, AddOutcome::Kept);
    assert_eq!(
        swap(store, &key, Some(b"1"), b"3").await,
        AddOutcome::UsedBefore
    );
    assert_eq!(find(store, &key, 1).await.as_deref(), Some(&b"2"[..]));
}

async fn of_many_at_once_one_replaces_it(store: &dyn Store) {
    let key = key("raced");
    let mut read = None;
    for round in 0..20 {
        let records = (0..8).map(|number| format!("{round} {number}").into_bytes());
        let records: Vec<_> = records.collect();
        let swaps = records
            .iter()
            .map(|record| swap(store, &key, read.as_deref(), record));
        let outcomes = join_all(swaps).await;
        let kept = outcomes.iter().filter(|it| **it == AddOutcome::Kept);
        assert_eq!(kept.count(), 1, "{outcomes:?}");
        let winner = outcomes
            .iter()
            .position(|it| *it == AddOutcome::Kept)
            .unwrap();
        read = find(store, &key, 0).await;
        assert_eq!(read.as_ref(), Some(&records[winner]));
    }
}

pub(super) async fn all(store: &dyn Store) {
    a_record_is_replaced_by_who_has_read_it(store).await;
    of_many_at_once_one_replaces_it(store).await;
}
