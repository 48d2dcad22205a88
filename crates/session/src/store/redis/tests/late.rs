//! Late answers of Redis: a call waits for as long as its caller can, until the breaker opens.

use std::sync::Arc;

use doorward_proto::session::v1::FindAccessTokenRequest;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_service_kit::deadline::within;
use doorward_service_kit::grpc::{in_memory, with_deadline};
use doorward_service_kit::{Shutdown, SystemClock};
use doorward_test_support::redis::{Persistent, Proxy};
use futures::future::join_all;

use super::*;

/// Later than the deadline, and earlier than a first probe is given up.
const LATE: Duration = Duration::from_millis(200);

async fn behind_a_proxy() -> (Persistent, Proxy, RedisStore, SessionToken) {
    let server = Persistent::start().await;
    let proxy = Proxy::start(server.port());
    let store = open(proxy.url()).unwrap();
    store.wait_until_used(PATIENCE).await;
    let token = add_session(&store).await;
    (server, proxy, store, token)
}

/// Makes a call to a slow Redis, and expects that it is answered all the same.
async fn assert_waited_for(proxy: &Proxy, call: impl AsyncFn() -> bool) {
    let begin = Instant::now();
    loop {
        let asked = Instant::now();
        proxy.delay(LATE);
        let is_answered = call().await;
        let took = asked.elapsed();
        proxy.heal();
        if is_answered && took >= LATE {
            return;
        }
        // On a busy machine the breaker may have opened before.
        assert!(
            begin.elapsed() < 6 * PATIENCE,
            "{is_answered} after {took:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_late_answer_is_one_for_those_who_have_time() {
    let (_server, proxy, store, token) = behind_a_proxy().await;
    assert_waited_for(&proxy, async || {
        let found = within(PATIENCE, resolve(&store, &token)).await;
        found.is_ok_and(|found| found)
    })
    .await;
}

#[tokio::test]
async fn callers_say_how_much_time_they_have() {
    let (_server, proxy, store, _) = behind_a_proxy().await;
    let routes = crate::routes(Arc::new(store), Arc::new(SystemClock));
    let client = SessionServiceClient::new(in_memory(routes, Shutdown::new()));
    assert_waited_for(&proxy, async || {
        let token = secret();
        let request = with_deadline(FindAccessTokenRequest { token }, PATIENCE);
        client.clone().find_access_token(request).await.is_ok()
    })
    .await;
}

/// REL-07: from then on every answer is immediate, also to those who wait already.
#[tokio::test]
async fn nobody_waits_once_the_breaker_is_open() {
    const HOURS: Duration = Duration::from_hours(1);
    let (_server, proxy, store, token) = behind_a_proxy().await;
    proxy.silence();
    let waiting = (0..30).map(|_| within(HOURS, resolve(&store, &token)));
    let answers = join_all(waiting).await;
    assert!(answers.iter().all(Result::is_err));
    assert!(store.connection.breaker.is_open());
    assert!(within(HOURS, resolve(&store, &token)).await.is_err());
}

/// At a start everything is slow at first.
#[tokio::test]
async fn the_first_answer_may_take_longer() {
    let (_server, proxy, _, _) = behind_a_proxy().await;
    proxy.delay(LATE);
    let store = open(proxy.url()).unwrap();
    tokio::time::timeout(PATIENCE, store.connection.used())
        .await
        .expect("it is used");
}
