//! Calls that wait for an organization that another replica has locked, on PostgreSQL.

use std::time::Duration;

use sqlx::{AnyConnection, Connection as _, Row};
use tokio::time::sleep;

use super::*;

const CALLS: usize = 10;

pub(super) async fn all(config: &DatabaseConfig) {
    let store = SqlStore::with_limits(config, LIMITS).await.unwrap();
    calls_that_wait_for_one_organization_leave_connections_to_others(config, Arc::new(store)).await;
}

/// The pool has fewer connections than calls wait.
async fn calls_that_wait_for_one_organization_leave_connections_to_others(
    config: &DatabaseConfig,
    store: Arc<SqlStore>,
) {
    let (locked, other) = (
        create(&*store, "locked").await,
        create(&*store, "other").await,
    );
    let mut replica = AnyConnection::connect(&config.url).await.unwrap();
    let mut lock = replica.begin().await.unwrap();
    sqlx::query("UPDATE organization SET settings = settings WHERE id = $1")
        .bind(locked.as_str())
        .execute(&mut *lock)
        .await
        .unwrap();
    let calls: Vec<_> = (0..CALLS)
        .map(|index| {
            let (store, locked) = (store.clone(), locked.clone());
            let added = user(&format!("auth0|{index}"));
            tokio::spawn(async move { store.add_members(&locked, &[added]).await })
        })
        .collect();
    // All of them have begun then: they were spawned before.
    until_one_waits(config).await;
    assert!(find(&*store, &locked).await.is_some());
    let added = store.add_members(&other, &users(&["auth0|a"])).await;
    assert_eq!(added.unwrap(), users(&["auth0|a"]));
    lock.rollback().await.unwrap();
    for call in calls {
        // On a slow machine one may have given up.
        let outcome = call.await.unwrap();
        assert!(
            matches!(
                outcome,
                Ok(_) | Err(Error::Store(StoreError::Unavailable(_)))
            ),
            "{outcome:?}"
        );
    }
    let added = store.add_members(&locked, &users(&["auth0|last"])).await;
    assert_eq!(added.unwrap(), users(&["auth0|last"]));
    replica.close().await.unwrap();
}

async fn until_one_waits(config: &DatabaseConfig) {
    let mut observer = AnyConnection::connect(&config.url).await.unwrap();
    for _ in 0..3000 {
        let row = sqlx::query(
            "SELECT COUNT(*) AS waiting FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_one(&mut observer)
        .await
        .unwrap();
        if row.try_get::<i64, _>("waiting").unwrap() > 0 {
            observer.close().await.unwrap();
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("no call waits for the lock");
}
