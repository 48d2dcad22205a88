//! The order of changes.

use super::*;

pub(super) async fn all(store: &Arc<dyn Store>) {
    a_fresh_store_has_none(&**store).await;
    each_user_appears_once_where_it_last_changed(&**store).await;
    batches_leave_nothing_out(&**store).await;
    positions_become_visible_in_order(store).await;
}

async fn a_fresh_store_has_none(store: &dyn Store) {
    let changes = store.list_changes(0, 500).await.unwrap();
    assert_eq!((changes.position, changes.users.len()), (0, 0));
    assert_eq!(store.newest_position().await.unwrap(), 0);
}

async fn each_user_appears_once_where_it_last_changed(store: &dyn Store) {
    let before = store.newest_position().await.unwrap();
    let first = add(store, "Order", "first@example.com").await;
    let second = add(store, "Order", "second@example.com").await;
    let blocked = super::import::entry("first@example.com");
    let blocked = [crate::domain::ImportEntry {
        blocked: Some(true),
        ..blocked
    }];
    store
        .import(&connection("Order"), &blocked, START)
        .await
        .unwrap();

    let changes = store.list_changes(before, 500).await.unwrap();
    let ids: Vec<_> = changes.users.iter().map(|user| &user.id).collect();
    assert_eq!(ids, [&second.id, &first.id]);
    assert_eq!(
        (changes.users[1].version, changes.users[1].blocked),
        (2, true)
    );
    assert_eq!(changes.position, store.newest_position().await.unwrap());
}

async fn batches_leave_nothing_out(store: &dyn Store) {
    let mut position = 0;
    let mut users = Vec::new();
    loop {
        let changes = store.list_changes(position, 1).await.unwrap();
        if changes.users.is_empty() {
            break;
        }
        assert!(changes.position > position);
        position = changes.position;
        users.extend(changes.users);
    }
    assert_eq!(users, store.list_changes(0, 500).await.unwrap().users);
    assert_eq!(store.list_changes(u64::MAX, 500).await.unwrap().users, []);
}

/// A reader that follows the positions during writes misses no user.
async fn positions_become_visible_in_order(store: &Arc<dyn Store>) {
    const WRITERS: usize = 4;
    const USERS_EACH: usize = 20;
    let mut position = store.newest_position().await.unwrap();
    for writer in 0..WRITERS {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            for number in 0..USERS_EACH {
                add(
                    &*store,
                    "Visible",
                    &format!("{writer}-{number}@example.com"),
                )
                .await;
            }
        });
    }
    let mut seen = std::collections::HashSet::new();
    while seen.len() < WRITERS * USERS_EACH {
        let changes = store.list_changes(position, 3).await.unwrap();
        let caught_up = changes.users.is_empty();
        if caught_up && store.newest_position().await.unwrap() == position {
            tokio::task::yield_now().await;
        }
        position = changes.position;
        seen.extend(changes.users.into_iter().map(|user| user.id));
    }
}

pub(super) async fn another_process_sees_them(store: &dyn Store, config: &DatabaseConfig) {
    let other = SqlStore::open(config).await.unwrap();
    let before = other.newest_position().await.unwrap();
    let user = add(store, "Other", "other@example.com").await;
    assert_eq!(other.list_changes(before, 500).await.unwrap().users, [user]);
}
