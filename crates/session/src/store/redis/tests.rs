//! What only Redis can do wrong: die, hang, forget, hold what nobody wrote.

mod account;
mod contents;
mod topologies;

use std::time::{Duration, Instant};

use doorward_service_kit::{StoreError, secret};
use doorward_test_support::free_port;
use doorward_test_support::redis::Server;
use jiff::Timestamp;
use redis::aio::MultiplexedConnection;
use redis::{AsyncTypedCommands, Client};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use super::RedisStore;
use super::functions;
use super::keys;
use super::keys::Key;
use super::record::field;
use crate::config::RedisConfig;
use crate::domain::{Device, Limits, Secret, SessionToken, SignIn, User, UserId, Visit, Which};
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
    Key::user(&token.slot()).name
}

fn open(url: String) -> Result<RedisStore, String> {
    RedisStore::open(&RedisConfig::new(url)).map_err(|error| error.to_string())
}

async fn redis(server: &Server) -> MultiplexedConnection {
    let client = Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

fn sign_in(previous: Option<&SessionToken>) -> SignIn {
    SignIn {
        user: User::from(doorward_proto::common::v1::User {
            user_id: "auth0|alice".to_owned(),
            version: 1,
            ..Default::default()
        }),
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

fn visit() -> Visit {
    Visit {
        limits: DAY,
        ephemeral_limits: DAY,
        max_age: None,
        client_id: String::new(),
        device: Device::default(),
    }
}

async fn resolve(store: &RedisStore, token: &SessionToken) -> Result<bool, StoreError> {
    let found = store.resolve_session(token, &visit(), now()).await?;
    Ok(found.is_some())
}

/// Every call, each with whether it said that nothing is known.
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
        is_unknown(&store.list_sessions(&alice, &visit(), now()).await),
        is_unknown(&store.revoke_sessions(&alice, &Which::All, now()).await),
        is_unknown(&store.get_user_relay_position().await),
        is_unknown(&store.put_user_relay_position(1).await),
        is_unknown(&store.find_transaction(&id, now()).await),
        is_unknown(&store.find_transaction_client(&id, now()).await),
        is_unknown(&store.find_access_token(&id, now()).await),
    ]
}

#[tokio::test]
async fn a_dead_server_is_never_absence() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    server.kill();
    let answers = unknown(&store, &token).await;
    assert!(answers.iter().all(|unknown| *unknown), "{answers:?}");
}

#[tokio::test]
async fn a_silent_server_is_given_up_in_time() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    server.pause();
    let begin = Instant::now();
    assert!(matches!(
        resolve(&store, &token).await,
        Err(StoreError::Unavailable(_))
    ));
    assert!(
        begin.elapsed() < Duration::from_millis(400),
        "{:?}",
        begin.elapsed()
    );
    server.resume();
    assert!(eventually_found(&store, &token).await);
    // What is sent now may be carried out when the server goes on.
    server.pause();
    let answers = unknown(&store, &token).await;
    assert!(answers.iter().all(|unknown| *unknown), "{answers:?}");
    server.resume();
}

#[tokio::test]
async fn a_broken_connection_is_made_anew() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    let mut redis = redis(&server).await;
    let _: usize = redis::cmd("CLIENT")
        .arg("KILL")
        .arg("TYPE")
        .arg("normal")
        .query_async(&mut redis)
        .await
        .unwrap();
    assert!(eventually_found(&store, &token).await);
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

/// Listens where a store expects Redis, and hands everything on to a server.
async fn appear_at(port: u16, server: &Server) {
    let address = server.url().replace("redis://", "").replace('/', "");
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = TcpStream::connect(&address).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await });
        }
    });
}

#[tokio::test]
async fn a_server_that_is_not_there_yet_does_not_stop_the_start() {
    let (server, port) = (Server::start().await, free_port());
    let token = add_session(&store(&server).await).await;
    let early = open(format!("redis://127.0.0.1:{port}/")).unwrap();
    for _ in 0..5 {
        let answer = resolve(&early, &token).await;
        assert!(
            matches!(answer, Err(StoreError::Unavailable(_))),
            "{answer:?}"
        );
    }
    appear_at(port, &server).await;
    assert!(eventually_found(&early, &token).await);
}

#[tokio::test]
async fn settings_that_cannot_work_are_named() {
    for url in [
        "",
        "localhost",
        "http://localhost/",
        "redis://:secret@[/",
        "rediss://localhost/",
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
async fn a_corrupt_session_harms_no_other() {
    let server = Server::start().await;
    let store = store(&server).await;
    let mut redis = redis(&server).await;
    let (bystander, key) = (
        add_session(&store).await,
        user_key(&add_session(&store).await),
    );
    // The last one is an array whose version is text.
    let odd = "\u{7f}\u{1}";
    for value in ["", "x", "5", "[]", "{}", "{\"sid\":1}", odd] {
        let token = add_session(&store).await;
        redis.hset(&key, field(&token), value).await.unwrap();
        let answer = resolve(&store, &token).await;
        assert!(
            matches!(answer, Err(StoreError::Failed(_))),
            "{value}: {answer:?}"
        );
        let next = SessionToken::generate(&UserId::from("auth0|alice".to_owned()));
        store
            .open_session(&next, &sign_in(Some(&token)), now())
            .await
            .unwrap();
        assert!(!resolve(&store, &token).await.unwrap());
        assert!(resolve(&store, &next).await.unwrap());
    }
    assert!(resolve(&store, &bystander).await.unwrap());
    redis.hdel(&key, "user").await.unwrap();
    assert!(matches!(
        resolve(&store, &bystander).await,
        Err(StoreError::Failed(_))
    ));
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

#[tokio::test]
async fn a_session_is_resolved_in_one_round_trip() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    assert!(resolve(&store, &token).await.unwrap());
    let mut redis = redis(&server).await;
    let before = (
        calls(&mut redis, "fcall").await,
        calls(&mut redis, "hset").await,
    );
    assert!(resolve(&store, &token).await.unwrap());
    let after = (
        calls(&mut redis, "fcall").await,
        calls(&mut redis, "hset").await,
    );
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, 0));
}

#[tokio::test]
async fn all_sessions_of_a_user_are_listed_and_revoked_in_one_round_trip() {
    let server = Server::start().await;
    let store = store(&server).await;
    for _ in 0..50 {
        add_session(&store).await;
    }
    let alice = UserId::from("auth0|alice".to_owned());
    let revoke = async || store.revoke_sessions(&alice, &Which::All, now()).await;
    let mut redis = redis(&server).await;
    let list = store.list_sessions(&alice, &visit(), now()).await;
    assert_eq!(list.unwrap().len(), 50);
    assert_eq!(calls(&mut redis, "hgetall").await, 1);
    // Loads the script.
    assert_eq!(revoke().await.unwrap(), 50);
    add_session(&store).await;
    let before = calls(&mut redis, "fcall").await;
    assert_eq!(revoke().await.unwrap(), 1);
    assert_eq!(calls(&mut redis, "fcall").await - before, 1);
}

#[tokio::test]
async fn corrupt_sessions_are_neither_listed_nor_kept() {
    let server = Server::start().await;
    let store = store(&server).await;
    let (token, corrupt) = (add_session(&store).await, add_session(&store).await);
    let mut redis = redis(&server).await;
    let key = user_key(&token);
    redis.hset(&key, field(&corrupt), "{}").await.unwrap();
    let alice = UserId::from("auth0|alice".to_owned());
    let listed = store.list_sessions(&alice, &visit(), now()).await.unwrap();
    assert_eq!(listed.len(), 1);
    let others = Which::AllBut(listed[0].sid.clone());
    let revoked = store.revoke_sessions(&alice, &others, now()).await.unwrap();
    assert_eq!(revoked, 0);
    assert!(!resolve(&store, &corrupt).await.unwrap());
    assert!(resolve(&store, &token).await.unwrap());
}

/// The account may not use CONFIG (SEC-183), so the policy is read from INFO.
#[tokio::test]
async fn a_server_that_evicts_is_refused() {
    let server = Server::start().await;
    let mut redis = redis(&server).await;
    RedisStore::refuse_eviction(&RedisConfig::new(server.url()))
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
        let refused = RedisStore::refuse_eviction(&RedisConfig::new(server.url()))
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

/// It may have been replaced while it stood still, and not know it yet.
#[tokio::test]
async fn a_server_that_was_silent_is_not_believed_at_once() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    server.pause();
    tokio::time::sleep(Duration::from_millis(2_300)).await;
    server.resume();
    let mut redis = redis(&server).await;
    let answer: redis::RedisResult<redis::Value> =
        functions::Call::new("find_value", &Key::user_relay_position())
            .command()
            .query_async(&mut redis)
            .await;
    assert_eq!(answer.unwrap_err().code(), Some("STALE"));
    assert!(eventually_found(&store, &token).await);
}

/// A relay brings so many at once, and whoever was ever blocked has ended sessions since.
#[tokio::test]
async fn many_users_are_put_at_once() {
    let server = Server::start().await;
    let store = store(&server).await;
    let user = |number| {
        User::from(doorward_proto::common::v1::User {
            user_id: format!("auth0|{number}"),
            version: 2,
            sessions_from_version: 2,
            ..Default::default()
        })
    };
    let users: Vec<_> = (0..500).map(user).collect();
    store.put_users(&users, now()).await.unwrap();
}

/// Somebody who signs in again and again without a cookie must not make the calls on a user endless.
#[tokio::test]
async fn a_user_has_so_many_sessions_and_no_more() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    let mut redis = redis(&server).await;
    let key = user_key(&token);
    for _ in 0..crate::store::MAX_SESSIONS + 20 {
        add_session(&store).await;
    }
    let last = add_session(&store).await;
    assert!(resolve(&store, &last).await.unwrap());
    let fields = redis.hlen(&key).await.unwrap();
    assert_eq!(fields, crate::store::MAX_SESSIONS + 2);
}

/// One connection that breaks is one that is made anew: the next one is used at once.
#[tokio::test]
async fn calls_that_die_together_cost_one_connection() {
    let server = Server::start().await;
    let store = std::sync::Arc::new(store(&server).await);
    let token = add_session(&store).await;
    let mut redis = redis(&server).await;
    let calls = |store: std::sync::Arc<RedisStore>, token: SessionToken| async move {
        while resolve(&store, &token).await.is_ok() {}
    };
    let calls: Vec<_> = (0..50)
        .map(|_| tokio::spawn(calls(store.clone(), token.clone())))
        .collect();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let before = connections(&mut redis).await;
    let _: usize = redis::cmd("CLIENT")
        .arg("KILL")
        .arg("TYPE")
        .arg("normal")
        .arg("SKIPME")
        .arg("yes")
        .query_async(&mut redis)
        .await
        .unwrap();
    for call in calls {
        call.await.unwrap();
    }
    assert!(eventually_found(&store, &token).await);
    assert_eq!(connections(&mut redis).await - before, 1);
}

async fn connections(redis: &mut MultiplexedConnection) -> u64 {
    let stats: String = redis::cmd("INFO")
        .arg("stats")
        .query_async(redis)
        .await
        .unwrap();
    let line = stats
        .lines()
        .find_map(|line| line.strip_prefix("total_connections_received:"));
    line.unwrap().trim().parse().unwrap()
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
