//! Failures of a SQLite file.

use std::sync::Arc;
use std::time::Duration;

use doorward_service_kit::sql::{Database, DatabaseConfig};
use doorward_service_kit::{StoreError, secret};
use jiff::Timestamp;
use sqlx::Row;
use tokio::task::JoinSet;

use super::SqliteStore;
use crate::domain::{
    AccessToken, AuthorizationRequest, ClientAddress, Device, Limits, NewSession, NewTransaction,
    Progress, Secret, SessionToken, SessionUse, Stage, Transaction, User, UserId,
};
use crate::store::{AccessTokens, AddOutcome, SIGN_IN, Sessions, Transactions};

const DAY: Limits = Limits {
    absolute: Duration::from_hours(24),
    idle: Duration::from_hours(24),
};

fn now() -> Timestamp {
    Timestamp::from_second(1_767_323_045).unwrap()
}

async fn open(folder: &tempfile::TempDir) -> SqliteStore {
    let config = DatabaseConfig::sqlite(&folder.path().join("session.db"));
    SqliteStore::open(&config).await.unwrap()
}

async fn add_session(store: &SqliteStore) -> SessionToken {
    add_session_of(store, DAY).await
}

async fn add_session_of(store: &SqliteStore, limits: Limits) -> SessionToken {
    let token = SessionToken::generate(&UserId::from("auth0|alice".to_owned()));
    let sign_in = NewSession {
        user: User::from(doorward_proto::common::v1::User {
            user_id: "auth0|alice".to_owned(),
            ..Default::default()
        }),
        sid: secret(),
        connection: "db".to_owned(),
        previous: None,
        limits,
        persistent: true,
        device: Device::default(),
    };
    store.open_session(&token, &sign_in, now()).await.unwrap();
    token
}

async fn resolve(store: &SqliteStore, token: &SessionToken) -> Result<bool, StoreError> {
    let session_use = SessionUse {
        limits: DAY,
        ephemeral_limits: DAY,
        max_age: None,
        client_id: String::new(),
        device: Device::default(),
    };
    Ok(store
        .resolve_session(token, &session_use, now())
        .await?
        .is_some())
}

#[tokio::test]
async fn a_user_has_so_many_sessions_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let first = add_session(&store).await;
    for _ in 1..crate::store::MAX_SESSIONS {
        add_session(&store).await;
    }
    assert!(resolve(&store, &first).await.unwrap());
    let last = add_session(&store).await;
    assert!(!resolve(&store, &first).await.unwrap());
    assert!(resolve(&store, &last).await.unwrap());
    // Also one that ends sooner than all others: it has just been asked for.
    let hour = Limits {
        absolute: Duration::from_hours(1),
        ..DAY
    };
    let brief = add_session_of(&store, hour).await;
    assert!(resolve(&store, &brief).await.unwrap());
}

#[tokio::test]
async fn sessions_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let token = add_session(&open(&folder).await).await;
    assert!(resolve(&open(&folder).await, &token).await.unwrap());
}

#[tokio::test]
async fn every_commit_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let mut writer = store.database.begin_write().await.unwrap();
    let journal: String = sqlx::query("PRAGMA journal_mode")
        .fetch_one(&mut *writer)
        .await
        .unwrap()
        .get(0);
    let synchronous: i64 = sqlx::query("PRAGMA synchronous")
        .fetch_one(&mut *writer)
        .await
        .unwrap()
        .get(0);
    assert_eq!((journal.as_str(), synchronous), ("wal", 2));
}

#[tokio::test]
async fn a_corrupt_session_harms_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let (token, bystander) = (add_session(&store).await, add_session(&store).await);
    let mut write = store.database.begin_write().await.unwrap();
    sqlx::query("UPDATE session SET record = '{}' WHERE token_hash = $1")
        .bind(token.hash())
        .execute(&mut *write)
        .await
        .unwrap();
    write.commit().await.unwrap();
    assert!(matches!(
        resolve(&store, &token).await,
        Err(StoreError::Failed(_))
    ));
    assert!(resolve(&store, &bystander).await.unwrap());
}

#[tokio::test]
async fn a_users_copy_goes_some_time_after_the_last_session() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let count = async || -> i64 {
        let query = sqlx::query("SELECT COUNT(*) FROM user");
        query
            .fetch_one(store.database.reader())
            .await
            .unwrap()
            .get(0)
    };
    let (one, other) = (add_session(&store).await, add_session(&store).await);
    store.end_session(&one).await.unwrap();
    store.end_session(&other).await.unwrap();
    let clear_away = async |later| store.put_users(&[], now() + later).await.unwrap();
    clear_away(DAY.absolute).await;
    assert_eq!(count().await, 1);
    clear_away(DAY.absolute + SIGN_IN).await;
    assert_eq!(count().await, 0);
}

async fn add_transaction(store: &SqliteStore, now: Timestamp) {
    let [id, browser] = [secret(), secret()].map(|text| Secret::parse(text).unwrap());
    let request = AuthorizationRequest {
        parameters: Vec::new(),
        created_at: now,
    };
    let client = request.client("app".to_owned(), now);
    let transaction = Transaction {
        version: 1,
        progress: Progress {
            expires_at: request.latest_expiry(),
            page_nonce: String::new(),
            stage: Stage::Confirming {
                user_id: String::new(),
            },
            sign_in: None,
            organization_choice: None,
        },
        request,
    };
    let new = NewTransaction {
        id,
        browser,
        is_new_browser: true,
        address: ClientAddress::parse("192.0.2.1"),
        transaction,
        client,
    };
    let added = store.add_transaction(new, now);
    assert_eq!(added.await.unwrap(), AddOutcome::Kept);
}

#[tokio::test]
async fn transactions_and_their_applications_are_cleared_away() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let count = async |table| -> i64 {
        let query = format!("SELECT COUNT(*) FROM {table}");
        let row = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_one(store.database.reader());
        row.await.unwrap().get(0)
    };
    for (hours, transactions, clients) in [(0, 1, 1), (1, 1, 2), (24, 1, 2), (25, 1, 2)] {
        add_transaction(&store, now() + Duration::from_hours(hours)).await;
        assert_eq!(count("pending_transaction").await, transactions);
        assert_eq!(count("transaction_client").await, clients, "{hours}");
    }
}

#[tokio::test]
async fn a_user_who_has_a_session_is_not_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let token = add_session(&store).await;
    let changed = User::from(doorward_proto::common::v1::User {
        user_id: "auth0|alice".to_owned(),
        version: 2,
        sessions_from_version: 2,
        blocked: true,
        ..Default::default()
    });
    store.put_users(&[changed], now()).await.unwrap();
    store.put_users(&[], now() + SIGN_IN).await.unwrap();
    assert!(resolve(&store, &token).await.unwrap());
}

fn access_token() -> AccessToken {
    AccessToken {
        user_id: UserId::from("auth0|alice".to_owned()),
        client_id: "app".to_owned(),
        scopes: Vec::new(),
        expires_at: now() + DAY.absolute,
        organization_id: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_token_is_kept_beside_another_process_that_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&folder).await);
    let other: Database = open(&folder).await.database;
    let mut writers = JoinSet::new();
    for _ in 0..64 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for _ in 0..8 {
                let token = Secret::parse(secret()).unwrap();
                let added = store.add_access_token(&token, access_token(), now());
                assert_eq!(added.await.unwrap(), AddOutcome::Kept);
                assert!(
                    store
                        .find_access_token(&token, now())
                        .await
                        .unwrap()
                        .is_some()
                );
            }
        });
    }
    for _ in 0..20 {
        let held = other.begin_write().await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
        held.commit().await.unwrap();
    }
    writers.join_all().await;
}
