//! REL-07, REL-10: Redis is slow, does not answer, or is down now and then.

use std::time::{Duration, Instant};

use doorward_test_support::redis::{Persistent, Proxy};

use super::load::{Load, Mix, USUAL};
use super::stand::{OPENED, on_stand, place, settings};
use super::sweep::sweep;

/// The seconds after which the services have stopped sending requests to Redis.
const NOTICED: u64 = 2;

/// Settings with a longer deadline than the default, for busy machines. The slow network here is slower still.
fn patient(url: &str) -> String {
    format!("url = \"{url}\"\ndeadline_ms = 300")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_07_redis_answers_late() {
    let _place = place().await;
    let redis = Persistent::start().await;
    let proxy = Proxy::start(redis.port());
    on_stand(&patient(&proxy.url()), async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(30, 30).await, USUAL);
        load.go_on(1).await;

        proxy.delay(Duration::from_millis(50));
        load.wait_until_steady().await;
        let mut asked = Vec::new();
        for delay in [Duration::from_millis(500), Duration::from_secs(5)] {
            proxy.delay(delay);
            load.wait_until_unknown().await;
            asked.push(questions(&load, &proxy).await);
            proxy.heal();
            load.wait_until_well().await;
        }
        load.wait_until_steady().await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-07-late");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_07_redis_does_not_answer() {
    let _place = place().await;
    let redis = Persistent::start().await;
    let proxy = Proxy::start(redis.port());
    on_stand(&patient(&proxy.url()), async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(30, 30).await, USUAL);
        load.go_on(1).await;

        // The network drops everything.
        proxy.silence();
        load.wait_until_unknown().await;
        stand.wait_for_log(OPENED).await;
        let asked = questions(&load, &proxy).await;
        proxy.heal();
        load.wait_until_well().await;

        // The server hangs; its kernel still accepts connections.
        redis.pause();
        load.wait_until_unknown().await;
        load.go_on(NOTICED).await;
        redis.resume();
        load.wait_until_well().await;

        load.wait_until_steady().await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-07-silent");
        assert_left_alone(asked);
    })
    .await;
}

const WATCHED: u64 = 3;

/// The number of requests to Redis while it does not answer.
async fn questions(load: &Load, proxy: &Proxy) -> usize {
    load.go_on(NOTICED).await;
    let before = proxy.asked();
    load.go_on(WATCHED).await;
    proxy.asked() - before
}

/// Checks that only probes are sent to Redis, not every request: otherwise requests would queue up.
#[track_caller]
fn assert_left_alone(questions: usize) {
    let requests = u64::from(USUAL.per_second) * WATCHED;
    let few = usize::try_from(requests / 3).unwrap();
    assert!(
        questions <= few,
        "{questions} questions for {requests} requests"
    );
}

/// The contract has 5 s up and 5 s down; only the number of changes matters.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_10_redis_comes_and_goes() {
    const PER_SECOND: usize = 2;
    const REPLICAS: usize = 2;
    let _place = place().await;
    let redis = Persistent::start().await;
    let proxy = Proxy::start(redis.port());
    on_stand(&settings(&proxy.url()), async |stand| {
        let mix = Mix {
            percent_sign_ins: 0,
            ..USUAL
        };
        let load = Load::start(stand, stand.model(30, 30).await, mix);
        load.go_on(1).await;

        let (begin, before) = (Instant::now(), proxy.accepted());
        for _ in 0..10 {
            proxy.close();
            load.go_on(1).await;
            proxy.heal();
            load.go_on(1).await;
        }
        let seconds = usize::try_from(begin.elapsed().as_secs()).unwrap() + 1;
        let connections = proxy.accepted() - before;

        load.wait_until_well().await;
        load.wait_until_steady().await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-10");
        assert!(verdict.count("silent", "cannot tell") > 0, "it was noticed");
        assert!(
            connections <= PER_SECOND * REPLICAS * seconds,
            "{connections} connections in {seconds} s"
        );
    })
    .await;
}
