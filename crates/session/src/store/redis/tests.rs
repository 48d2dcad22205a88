//! Failures of Redis: crashes, hangs, data loss, corrupt values.

mod account;
mod bounds;
mod budget;
mod contents;
mod corruption;
mod late;
mod outages;
mod secured;
mod topologies;

use std::time::{Duration, Instant};

use doorward_service_kit::{StoreError, secret};
use doorward_test_support::free_port;
use doorward_test_support::redis::Server;
use jiff::Timestamp;
use redis::aio::MultiplexedConnection;
use redis::{AsyncTypedCommands, Client};

use super::RedisStore;
use super::address::Address;
use super::functions;
use super::keys;
use super::keys::Key;
use super::record::field;
use super::topology::Topology;
use crate::config::{BudgetConfig, RedisConfig};
use crate::domain::{
    Device, Limits, NewSession, Revocation, Secret, SessionToken, SessionUse, User, UserId,
};
use crate::store::{AccessTokens, Sessions, Transactions, contract};

const PATIENCE: Duration = Duration::from_secs(10);

const DAY: Limits = Limits {
    absolute: Duration::from_hours(24),
    idle: Duration::from_hours(24),
};

fn now() -> Timestamp {
    Timestamp::from_second(1_767_323_045).unwrap()
}

async fn store(server: &Server) -> RedisStore {
    let store = open(server.url()).unwrap();
    store.wait_until_used(PATIENCE).await;
    store
}

fn user_key(token: &SessionToken) -> String {
    Key::user(&token.user_hash()).name
}

fn open(url: String) -> Result<RedisStore, String> {
    RedisStore::open(&RedisConfig::new(url)).map_err(|error| error.to_string())
}

async fn redis(server: &Server) -> MultiplexedConnection {
    let client = Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

fn sign_in(previous: Option<&SessionToken>) -> NewSession {
    NewSession {
        user: User::from(doorward_proto::common::v1::User {
            user_id: "auth0|alice".to_owned(),
            version: 1,
            ..Default::default()
        }),
        sid: doorward_service_kit::secret(),
        connection: "Username-Password-Authentication".to_owned(),
        previous: previous.cloned(),
        limits: DAY,
        persistent: true,
        device: Device::default(),
    }
}

async fn add_session(store: &RedisStore) -> SessionToken {
    let token = SessionToken::generate(&UserId::from("auth0|alice".to_owned()));
    store
        .open_session(&token, &sign_in(None), now())
        .await
        .unwrap();
    token
}

fn session_use() -> SessionUse {
    SessionUse {
        limits: DAY,
        ephemeral_limits: DAY,
        max_age: None,
        client_id: String::new(),
        device: Device::default(),
    }
}

async fn resolve(store: &RedisStore, token: &SessionToken) -> Result<bool, StoreError> {
    let found = store.resolve_session(token, &session_use(), now()).await?;
    Ok(found.is_some())
}

/// Makes every call. Returns for each whether it was `Unavailable`.
async fn unknown(store: &RedisStore, token: &SessionToken) -> Vec<bool> {
    fn is_unknown<T>(result: &Result<T, StoreError>) -> bool {
        matches!(result, Err(StoreError::Unavailable(_)))
    }
    let id = Secret::parse(secret()).unwrap();
    let alice = UserId::from("auth0|alice".to_owned());
    vec![
        is_unknown(&resolve(store, token).await),
        is_unknown(&store.open_session(token, &sign_in(None), now()).await),
        is_unknown(&store.end_session(token).await),
        is_unknown(&store.put_users(&[sign_in(None).user], now()).await),
        is_unknown(&store.list_sessions(&alice, &session_use(), now()).await),
        is_unknown(&store.revoke_sessions(&alice, &Revocation::All, now()).await),
        is_unknown(&store.get_user_relay_position().await),
        is_unknown(&store.put_user_relay_position(1).await),
        is_unknown(&store.find_transaction(&id, now()).await),
        is_unknown(&store.find_transaction_client(&id, now()).await),
        is_unknown(&store.find_access_token(&id, now()).await),
    ]
}

/// Absence would be a false sign-out; silence is allowed for a while.
async fn eventually_found(store: &RedisStore, token: &SessionToken) -> bool {
    for _ in 0..50 {
        match resolve(store, token).await {
            Ok(found) => return found,
            Err(StoreError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error}"),
        }
    }
    false
}

#[tokio::test]
async fn settings_that_cannot_work_are_named() {
    for url in [
        "",
        "localhost",
        "http://localhost/",
        "redis://:secret@[/",
        "rediss://localhost/#insecure",
        "redis://redis:6379/",
    ] {
        let error = open(url.to_owned()).unwrap_err();
        assert!(
            error.contains("redis.url") && !error.contains("secret"),
            "{error}"
        );
    }
    let config = RedisConfig {
        password_file: Some("/nonexistent".into()),
        ..RedisConfig::new("redis://127.0.0.1/")
    };
    let error = RedisStore::open(&config).unwrap_err().to_string();
    assert!(
        error.contains("redis.password_file") && error.contains("/nonexistent"),
        "{error}"
    );
}

#[tokio::test]
async fn the_password_comes_from_its_file() {
    let server = Server::start().await;
    let mut redis = redis(&server).await;
    let () = redis::cmd("CONFIG")
        .arg("SET")
        .arg("requirepass")
        .arg("open sesame")
        .query_async(&mut redis)
        .await
        .unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "open sesame\n").unwrap();
    let config = RedisConfig {
        password_file: Some(file.path().to_owned()),
        ..RedisConfig::new(server.url())
    };
    let with = RedisStore::open(&config).unwrap();
    with.wait_until_used(PATIENCE).await;
    add_session(&with).await;
    let without = open(server.url()).unwrap();
    without.wait_until_used(Duration::from_millis(200)).await;
    let without = without.get_user_relay_position().await;
    assert!(
        matches!(without, Err(StoreError::Unavailable(_))),
        "{without:?}"
    );
}

#[tokio::test]
async fn functions_are_loaded_again() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    let () = redis::cmd("FUNCTION")
        .arg("FLUSH")
        .query_async(&mut redis(&server).await)
        .await
        .unwrap();
    assert!(resolve(&store, &token).await.unwrap());
}

async fn calls(redis: &mut MultiplexedConnection, command: &str) -> u64 {
    let stats: String = redis::cmd("INFO")
        .arg("commandstats")
        .query_async(redis)
        .await
        .unwrap();
    let line = stats
        .lines()
        .find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
}

/// The account may not use CONFIG (SEC-183), so the policy is read from INFO.
#[tokio::test]
async fn a_server_that_evicts_is_refused() {
    let server = Server::start().await;
    let mut redis = redis(&server).await;
    RedisStore::refuse_eviction(&BudgetConfig::default(), &RedisConfig::new(server.url()))
        .await
        .unwrap();
    for policy in ["allkeys-lru", "volatile-ttl"] {
        let () = redis::cmd("CONFIG")
            .arg("SET")
            .arg("maxmemory-policy")
            .arg(policy)
            .query_async(&mut redis)
            .await
            .unwrap();
        let refused =
            RedisStore::refuse_eviction(&BudgetConfig::default(), &RedisConfig::new(server.url()))
                .await
                .unwrap_err();
        let refused = refused.to_string();
        assert!(
            refused.contains(policy) && refused.contains("noeviction"),
            "{refused}"
        );
        assert_eq!(refused.lines().count(), 1);
    }
}

#[tokio::test]
async fn a_server_that_evicts_is_not_used() {
    let server = Server::start().await;
    let mut redis = redis(&server).await;
    let () = redis::cmd("CONFIG")
        .arg("SET")
        .arg("maxmemory-policy")
        .arg("allkeys-lru")
        .query_async(&mut redis)
        .await
        .unwrap();
    let store = open(server.url()).unwrap();
    store.wait_until_used(Duration::from_secs(1)).await;
    let answer = store.get_user_relay_position().await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
    assert!(redis.keys("*").await.unwrap().is_empty());
}

/// SEC-080, SEC-183, SEC-186: our prefix, nothing that a caller chose, no secrets, an end for everything.
#[tokio::test]
async fn keys_hold_no_foreign_text() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    contract::all(&store).await;
    let mut redis = redis(&server).await;
    for command in ["keys", "scan", "hscan", "config|set", "flushall", "eval"] {
        assert_eq!(calls(&mut redis, command).await, 0, "{command}");
    }
    assert!(
        redis
            .hexists(user_key(&token), field(&token))
            .await
            .unwrap()
    );
    let keys = redis.keys("*").await.unwrap();
    assert!(keys.len() > 10);
    for key in keys {
        let (partition, rest) = key
            .strip_prefix("doorward:{")
            .and_then(|rest| rest.split_once("}:"))
            .unwrap();
        let (kind, name) = rest.split_once(':').unwrap_or((rest, partition));
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        assert!(
            name.bytes().all(allowed) && name.starts_with(partition),
            "{key}"
        );
        let ends = redis.ttl(&key).await.unwrap().raw() > 0;
        assert!(
            ends || ["store", "store-complete", "user-relay-position"].contains(&kind),
            "{key}"
        );
    }
}
