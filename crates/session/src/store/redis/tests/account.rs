//! The account that docs/redis.md tells to make.

use super::*;

/// SEC-183: our keys only; no KEYS, CONFIG, FLUSHALL; no script but our functions.
const RIGHTS: &str = include_str!("../../../../../../deploy/redis/account.acl");

async fn add_account(redis: &mut MultiplexedConnection) {
    let mut command = redis::cmd("ACL");
    command
        .arg("SETUSER")
        .arg("doorward")
        .arg("on")
        .arg(">open-sesame");
    for right in RIGHTS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
    {
        command.arg(right);
    }
    let () = command.query_async(redis).await.unwrap();
}

#[tokio::test]
async fn its_rights_are_enough_and_few() {
    let server = Server::start().await;
    let mut admin = redis(&server).await;
    let () = functions::load().query_async(&mut admin).await.unwrap();
    add_account(&mut admin).await;
    let url = server
        .url()
        .replace("redis://", "redis://doorward:open-sesame@");
    let config = RedisConfig {
        deadline_ms: 5_000,
        ..RedisConfig::new(url.as_str())
    };
    let store = RedisStore::open(&config).unwrap();
    store.wait_until_used(PATIENCE).await;
    contract::all(&store).await;
    RedisStore::refuse_eviction(&BudgetConfig::default(), &config)
        .await
        .unwrap();

    let client = Client::open(url).unwrap();
    let mut account = client.get_multiplexed_async_connection().await.unwrap();
    for forbidden in [
        "KEYS *",
        "CONFIG GET *",
        "FLUSHALL",
        "EVAL return 0",
        "GET other:key",
        "SET other:key 1",
        "SCAN 0",
        "FUNCTION DELETE x",
        "FUNCTION LOAD x",
        "ACL LIST",
    ] {
        let mut words = forbidden.split(' ');
        let mut command = redis::cmd(words.next().unwrap());
        for word in words {
            command.arg(word);
        }
        let answer: Result<redis::Value, _> = command.query_async(&mut account).await;
        let refusal = answer.unwrap_err();
        assert_eq!(refusal.code(), Some("NOPERM"), "{forbidden}: {refusal}");
    }
}
