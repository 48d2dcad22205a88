//! The budget of requests without a session, on a small server.

use super::*;
use crate::domain::{
    AccessToken, AuthorizationRequest, ClientAddress, NewTransaction, Parameter, Progress, Stage,
};
use crate::store::AddOutcome;

fn random() -> Secret {
    Secret::parse(secret()).unwrap()
}

fn stage(identifier: &str) -> Stage {
    Stage::SigningIn {
        identifier: identifier.to_owned(),
    }
}

/// A request of that size, from an address and a browser that nothing else comes from.
fn new(bytes: usize) -> NewTransaction {
    let request = AuthorizationRequest {
        parameters: vec![Parameter {
            name: "state".to_owned(),
            value: "x".repeat(bytes),
        }],
        created_at: now(),
    };
    let octets = secret().into_bytes();
    let address = std::net::Ipv6Addr::from(<[u8; 16]>::try_from(&octets[..16]).unwrap());
    NewTransaction {
        id: random(),
        browser: random(),
        is_new_browser: true,
        address: ClientAddress::parse(&address.to_string()),
        client: request.client("app".to_owned(), now()),
        transaction: crate::domain::Transaction {
            version: 1,
            progress: Progress {
                expires_at: request.latest_expiry(),
                page_nonce: "abcdefgh".to_owned(),
                stage: stage(""),
                sign_in: None,
                organization_choice: None,
            },
            request,
        },
    }
}

async fn add_access_token(store: &RedisStore) -> AddOutcome {
    let access_token = AccessToken {
        user_id: UserId::from("auth0|alice".to_owned()),
        client_id: "app".to_owned(),
        scopes: Vec::new(),
        expires_at: now() + Duration::from_hours(2),
        organization_id: String::new(),
    };
    let token = random();
    let added = store.add_access_token(&token, access_token, now());
    added.await.unwrap()
}

async fn configure(redis: &mut MultiplexedConnection, key: &str, value: u64) {
    let mut command = redis::cmd("CONFIG");
    command.arg("SET").arg(key).arg(value);
    let () = command.query_async(redis).await.unwrap();
}

async fn used_memory(redis: &mut MultiplexedConnection) -> u64 {
    let info: String = redis::cmd("INFO")
        .arg("memory")
        .query_async(redis)
        .await
        .unwrap();
    let used = info
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    used.unwrap().parse().unwrap()
}

/// Adds until something is refused; gives how many there were.
async fn flood(store: &RedisStore) -> usize {
    for kept in 0..10_000 {
        match store.add_transaction(new(8_000), now()).await.unwrap() {
            AddOutcome::Kept => {}
            AddOutcome::NoRoom => return kept,
            other => panic!("{other:?}"),
        }
    }
    panic!("the flood has no end");
}

#[tokio::test]
async fn sec_201_a_flood_of_requests_stops_at_its_mark() {
    let server = Server::start().await;
    let store = store(&server).await;
    let mut redis = redis(&server).await;
    let most = used_memory(&mut redis).await + 16 * 1024 * 1024;
    configure(&mut redis, "maxmemory", most).await;
    let before = add_session(&store).await;
    let begun = new(500);
    let begun_id = begun.id.clone();
    store.add_transaction(begun, now()).await.unwrap();

    assert!(flood(&store).await > 100);
    // So much may come in between two readings of the memory.
    let used = used_memory(&mut redis).await;
    assert!(used < most * 65 / 100, "{used} of {most}");

    // Sessions stay valid, silent authentication with an opaque token works, and sessions are extended.
    let later = now() + Duration::from_hours(1);
    let found = store.resolve_session(&before, &session_use(), later).await;
    assert_eq!(found.unwrap().unwrap().0.last_interacted_at, later);
    assert_eq!(add_access_token(&store).await, AddOutcome::Kept);
    // Who has begun to sign in goes on.
    let progress = Progress {
        expires_at: later,
        page_nonce: String::new(),
        stage: stage("alice"),
        sign_in: None,
        organization_choice: None,
    };
    let moved = store.update_transaction(&begun_id, 1, progress, now());
    assert_eq!(moved.await.unwrap(), Some(2));
    let opened = add_session(&store).await;
    assert!(resolve(&store, &opened).await.unwrap());

    // The end of the flood's transactions, sixteen minutes later.
    for key in redis.keys("doorward:*:transaction:*").await.unwrap() {
        redis.pexpire(&key, 1).await.unwrap();
    }
    let flooded_at = Instant::now();
    while store.add_transaction(new(500), now()).await.unwrap() != AddOutcome::Kept {
        assert!(flooded_at.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn access_tokens_have_a_mark_of_their_own() {
    let server = Server::start().await;
    let mut redis = redis(&server).await;
    let store = store(&server).await;
    let used = used_memory(&mut redis).await;
    for (percent, transaction, token) in [
        (65, AddOutcome::NoRoom, AddOutcome::Kept),
        (80, AddOutcome::NoRoom, AddOutcome::NoRoom),
        (40, AddOutcome::Kept, AddOutcome::Kept),
    ] {
        configure(&mut redis, "maxmemory", used * 100 / percent).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
        let added = store.add_transaction(new(0), now()).await.unwrap();
        assert_eq!(added, transaction, "{percent}");
        assert_eq!(add_access_token(&store).await, token, "{percent}");
        // Sessions have none.
        add_session(&store).await;
    }
}

#[tokio::test]
async fn a_server_without_a_limit_has_the_one_of_the_settings() {
    let server = Server::start().await;
    let mut redis = redis(&server).await;
    let unlimited = store(&server).await;
    assert_eq!(add_access_token(&unlimited).await, AddOutcome::Kept);
    let budget = BudgetConfig {
        max_bytes: Some(used_memory(&mut redis).await),
        ..BudgetConfig::default()
    };
    let limited = RedisStore::open_within(&budget, &RedisConfig::new(server.url())).unwrap();
    limited.wait_until_used(PATIENCE).await;
    assert_eq!(add_access_token(&limited).await, AddOutcome::NoRoom);
    assert_eq!(add_access_token(&unlimited).await, AddOutcome::Kept);
}

#[tokio::test]
async fn a_transaction_is_small_and_takes_two_round_trips() {
    let server = Server::start().await;
    let store = store(&server).await;
    let mut redis = redis(&server).await;
    store.add_transaction(new(500), now()).await.unwrap();
    let before = calls(&mut redis, "fcall").await;
    store.add_transaction(new(500), now()).await.unwrap();
    assert_eq!(calls(&mut redis, "fcall").await - before, 2);
    for key in redis.keys("doorward:*:transaction:*").await.unwrap() {
        let bytes: u64 = redis::cmd("MEMORY")
            .arg("USAGE")
            .arg(&key)
            .query_async(&mut redis)
            .await
            .unwrap();
        assert!(bytes < 900, "{bytes}");
        let left = redis.ttl(&key).await.unwrap().raw();
        assert!((15 * 60..=16 * 60).contains(&left), "{left}");
    }
    // An opaque token, which silent authentication may need, takes one.
    let before = calls(&mut redis, "fcall").await;
    add_access_token(&store).await;
    assert_eq!(calls(&mut redis, "fcall").await - before, 1);
}
