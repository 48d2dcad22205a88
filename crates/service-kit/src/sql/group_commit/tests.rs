use sqlx::{Executor, Row};
use tempfile::TempDir;
use tokio::task::{JoinSet, yield_now};

use super::*;
use crate::sql::tests::fill_up;
use crate::sql::{DatabaseConfig, migrator};

async fn open(folder: &TempDir) -> (Database, GroupCommit) {
    let config = DatabaseConfig::sqlite(&folder.path().join("some.db"));
    let table = "CREATE TABLE a (b TEXT UNIQUE)";
    let migrator = migrator(&[("0001_first.sql", table)]);
    let database = Database::open(&config, &migrator).await.unwrap();
    (database.clone(), GroupCommit::start(database))
}

async fn insert(write: &mut GroupedWrite, value: &'static str) -> Result<(), StoreError> {
    let insert = sqlx::query("INSERT INTO a VALUES ($1)").bind(value);
    insert.execute(&mut **write).await?;
    Ok(())
}

async fn write(writes: GroupCommit, value: &'static str) -> Result<(), StoreError> {
    let mut write = writes.begin().await?;
    insert(&mut write, value).await?;
    write.commit().await
}

async fn values(database: &Database) -> Vec<String> {
    let query = sqlx::query("SELECT b FROM a ORDER BY b");
    let rows = query.fetch_all(database.reader()).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Runs both writes in one transaction, in this order.
async fn together<A: Send + 'static, B: Send + 'static>(
    database: &Database,
    first: impl Future<Output = A> + Send + 'static,
    second: impl Future<Output = B> + Send + 'static,
) -> (A, B) {
    let held = database.begin_write().await.unwrap();
    let first = tokio::spawn(first);
    yield_now().await;
    let second = tokio::spawn(second);
    yield_now().await;
    held.commit().await.unwrap();
    (first.await.unwrap(), second.await.unwrap())
}

#[tokio::test]
async fn a_commit_is_shared_and_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let (database, writes) = open(&folder).await;
    let (reader, others) = (database.clone(), writes.clone());
    let second = async move {
        let mut write = others.begin().await.unwrap();
        insert(&mut write, "second").await.unwrap();
        let before = values(&reader).await;
        write.commit().await.unwrap();
        before
    };
    let (first, before) = together(&database, write(writes, "first"), second).await;
    first.unwrap();
    assert!(before.is_empty(), "{before:?}");
    assert_eq!(values(&database).await, ["first", "second"]);
}

#[tokio::test]
async fn a_write_that_fails_leaves_its_neighbours_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (database, writes) = open(&folder).await;
    let others = writes.clone();
    let bad = async move {
        let mut write = others.begin().await.unwrap();
        insert(&mut write, "undone").await.unwrap();
        insert(&mut write, "first").await
    };
    let (good, bad) = together(&database, write(writes.clone(), "first"), bad).await;
    good.unwrap();
    assert!(matches!(bad, Err(StoreError::Failed(_))));
    write(writes, "third").await.unwrap();
    assert_eq!(values(&database).await, ["first", "third"]);
}

#[tokio::test]
async fn a_transaction_that_is_lost_is_confirmed_to_none_of_its_writes() {
    let folder = tempfile::tempdir().unwrap();
    let (database, writes) = open(&folder).await;
    let others = writes.clone();
    let full = async move { fill_up(&mut others.begin().await.unwrap()).await };
    let (good, full) = together(&database, write(writes.clone(), "first"), full).await;
    assert!(is_unavailable(&full.unwrap_err()));
    assert!(matches!(good, Err(StoreError::Unavailable(_))));
    write(writes, "second").await.unwrap();
    assert_eq!(values(&database).await, ["second"]);
}

#[tokio::test]
async fn what_its_caller_gives_up_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let (database, writes) = open(&folder).await;
    let held = database.begin_write().await.unwrap();
    let waiting = tokio::spawn(write(writes.clone(), "waiting"));
    yield_now().await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    held.commit().await.unwrap();
    let mut begun = writes.begin().await.unwrap();
    insert(&mut begun, "begun").await.unwrap();
    drop(begun);
    write(writes, "written").await.unwrap();
    assert_eq!(values(&database).await, ["written"]);
}

#[tokio::test]
async fn more_than_may_wait_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (database, writes) = open(&folder).await;
    let held = database.begin_write().await.unwrap();
    let mut waiting = JoinSet::new();
    // One of them waits outside of the queue, for the lock.
    for _ in 0..=MAX_WAITING {
        let writes = writes.clone();
        waiting.spawn(async move { writes.begin().await?.commit().await });
        yield_now().await;
    }
    let refused = writes.begin().await;
    assert!(matches!(refused, Err(StoreError::Overloaded)));
    held.commit().await.unwrap();
    for outcome in waiting.join_all().await {
        outcome.unwrap();
    }
}

#[tokio::test]
async fn a_closed_database_is_unavailable_and_ends_the_task() {
    let folder = tempfile::tempdir().unwrap();
    let (database, writes) = open(&folder).await;
    write(writes.clone(), "first").await.unwrap();
    database.close().await;
    let outcome = write(writes.clone(), "second").await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))));
    let Database(pools) = database;
    let pools = Arc::downgrade(&{ pools });
    drop(writes);
    // The list of open databases may hold the last one.
    while pools.strong_count() > 1 {
        yield_now().await;
    }
}

#[tokio::test]
async fn another_process_gets_its_turn_beside_a_queue_that_never_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (_database, writes) = open(&folder).await;
    let (other, _) = open(&folder).await;
    let mut busy = JoinSet::new();
    for _ in 0..64 {
        let writes = writes.clone();
        busy.spawn(async move {
            while let Ok(mut write) = writes.begin().await {
                write.execute("DELETE FROM a").await.unwrap();
                write.commit().await.unwrap();
            }
        });
    }
    for _ in 0..20 {
        other.begin_write().await.unwrap().commit().await.unwrap();
    }
}
