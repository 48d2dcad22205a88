//! Tests that every store must pass, run against SQLite and Redis.

mod access_tokens;
mod agreement;
mod budget;
mod counters;
mod expiry;
mod model;
mod revocation;
mod sessions;
mod sign_ins;
mod transactions;
mod users;

use std::time::Duration;

use doorward_proto::common::v1::User as WireUser;
use doorward_service_kit::secret;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::redis::Server;
use jiff::Timestamp;

use super::{RedisStore, SqliteStore, Store};
use crate::config::{BudgetConfig, RedisConfig};
use crate::domain::{Device, Limits, NewSession, Secret, Session, SessionToken, SessionUse, User};

const START: i64 = 1_767_323_045;
const LIMITS: Limits = limits(10_000, 1_000);
const EPHEMERAL: Limits = limits(5_000, 500);

const fn limits(absolute: u64, idle: u64) -> Limits {
    Limits {
        absolute: Duration::from_secs(absolute),
        idle: Duration::from_secs(idle),
    }
}

/// Seconds after the start of every story.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap()
}

fn user(id: &str, version: u64) -> User {
    User::from(WireUser {
        user_id: id.to_owned(),
        version,
        connection: "Username-Password-Authentication".to_owned(),
        ..WireUser::default()
    })
}

fn sign_in(id: &str) -> NewSession {
    NewSession {
        user: user(id, 1),
        sid: secret(),
        connection: "Username-Password-Authentication".to_owned(),
        previous: None,
        limits: LIMITS,
        persistent: true,
        device: Device {
            ip: "192.0.2.1".to_owned(),
            user_agent: "Mozilla/5.0 (\"/\\é)".to_owned(),
        },
    }
}

fn again(id: &str, previous: &SessionToken) -> NewSession {
    NewSession {
        previous: Some(previous.clone()),
        ..sign_in(id)
    }
}

fn session_use() -> SessionUse {
    SessionUse {
        limits: LIMITS,
        ephemeral_limits: EPHEMERAL,
        max_age: None,
        client_id: String::new(),
        device: Device::default(),
    }
}

fn random() -> Secret {
    Secret::parse(secret()).unwrap()
}

async fn open(
    store: &dyn Store,
    new_session: &NewSession,
    now: Timestamp,
) -> (SessionToken, Session) {
    let token = SessionToken::generate(&new_session.user.id());
    let session = store.open_session(&token, new_session, now).await.unwrap();
    (token, session)
}

async fn resolve(store: &dyn Store, token: &SessionToken, now: Timestamp) -> Option<Session> {
    let found = store
        .resolve_session(token, &session_use(), now)
        .await
        .unwrap();
    found.map(|(session, _)| session)
}

pub(super) async fn all(store: &dyn Store) {
    sessions::all(store).await;
    expiry::all(store).await;
    revocation::all(store).await;
    users::all(store).await;
    transactions::all(store).await;
    budget::all(store).await;
    sign_ins::all(store).await;
    access_tokens::all(store).await;
    counters::all(store).await;
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("session.db"));
    all(&SqliteStore::open(&config).await.unwrap()).await;
    budget::all_within(async |budget| {
        let folder = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(&folder.path().join("session.db"));
        let store = SqliteStore::open_within(&budget, &config).await.unwrap();
        (store, folder)
    })
    .await;
}

#[tokio::test]
async fn redis() {
    let server = Server::start().await;
    all(&redis_within(&BudgetConfig::default(), &server).await).await;
    budget::all_within(async |budget| {
        let server = Server::start().await;
        (redis_within(&budget, &server).await, server)
    })
    .await;
}

async fn redis_within(budget: &BudgetConfig, server: &Server) -> RedisStore {
    // What is tested is what the answers are, not how soon they come.
    let config = RedisConfig {
        deadline_ms: 5_000,
        ..RedisConfig::new(server.url())
    };
    let store = RedisStore::open_within(budget, &config).unwrap();
    store.wait_until_used(Duration::from_secs(10)).await;
    store
}
