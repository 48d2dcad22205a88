//! Replicas that are killed, hang, are paused, or answer that they cannot tell.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::{Instant, sleep, timeout};
use tonic::Code;

use super::support::{
    Name, Replica, State, Wire, all_answer, call, call_within, channel, eventually, listen,
    only_answers, times,
};
use crate::grpc::channel::times::Times;
use crate::grpc::channel::{Channel, is_circuit_open};

/// Two replicas, the second one behind a wire.
async fn two(state: State) -> (Replica, Replica, Wire) {
    let (good, bad) = (Replica::start(1).await, Replica::start(2).await);
    let wire = Wire::to(bad.address, 3, state).await;
    (good, bad, wire)
}

#[tokio::test]
async fn rel_02_a_killed_replica_gets_no_more_calls() {
    let (good, bad, wire) = two(State::Open).await;
    let channel = channel(&Name::of(&[good.address, wire.address]), times());
    all_answer(&channel, &[&good, &bad]).await;
    wire.become_(State::Dead);
    // Only calls in flight and those before the end is seen can fail.
    only_answers(&channel, &good).await;
    let before = bad.calls();
    for _ in 0..200 {
        assert!(call(&channel, "Answer").await.unwrap() == good.address);
    }
    assert_eq!(bad.calls(), before);
}

#[tokio::test]
async fn rel_15_a_replica_that_hangs_after_accept_gets_no_calls() {
    let (good, bad, wire) = two(State::Silent).await;
    let channel = channel(&Name::of(&[wire.address, good.address]), times());
    for _ in 0..200 {
        assert_eq!(call(&channel, "Answer").await.unwrap(), good.address);
    }
    assert_eq!(bad.calls(), 0);
    eventually(async || wire.connections() > 0).await;

    wire.become_(State::Open);
    all_answer(&channel, &[&bad]).await;
}

/// The only sign of a replica that is paused, or cut off without a reset, is that pings are not answered.
#[tokio::test]
async fn rel_16_a_silent_replica_is_seen_in_three_seconds() {
    let (good, bad, wire) = two(State::Open).await;
    let channel = channel(&Name::of(&[good.address, wire.address]), times());
    all_answer(&channel, &[&good, &bad]).await;
    wire.become_(State::Silent);
    // Hangs until its connection is lost, with the long deadline of `call`.
    let lost = eventually(async || {
        call(&channel, "Answer").await.is_err_and(|error| {
            assert_eq!(error.code(), Code::Unavailable, "{error}");
            true
        })
    });
    lost.await;
    for _ in 0..200 {
        assert_eq!(call(&channel, "Answer").await.unwrap(), good.address);
    }
    wire.become_(State::Open);
    all_answer(&channel, &[&bad]).await;
}

#[test]
fn rel_16_pings_find_a_dead_peer_in_three_seconds() {
    let times = Times::default();
    let longest = times.ping_interval + times.ping_timeout;
    assert!(longest < Duration::from_secs(3));
    assert!(times.ping_doubtful < times.ping_timeout);
}

/// Late calls in a row are enough; no ping is needed.
#[tokio::test]
async fn a_replica_that_is_late_is_avoided() {
    let (good, bad, wire) = two(State::Open).await;
    let slow_pings = Times {
        ping_interval: Duration::from_mins(1),
        ..times()
    };
    let channel = channel(&Name::of(&[good.address, wire.address]), slow_pings);
    all_answer(&channel, &[&good, &bad]).await;
    wire.become_(State::Silent);
    let (begin, mut late) = (Instant::now(), 0_u64);
    for _ in 0..400 {
        let limit = Duration::from_millis(210);
        let answer = tokio::time::timeout(limit, call(&channel, "Answer")).await;
        late += u64::from(answer.is_err());
    }
    let most = 3 + 1 + begin.elapsed().as_secs();
    assert!((3..=most).contains(&late), "{late} of {most}");
}

#[tokio::test]
async fn a_replica_that_cannot_tell_is_avoided() {
    let good = Replica::start(1).await;
    let bad = Replica::answering(2, Code::Unavailable).await;
    let channel = channel(&Name::of(&[good.address, bad.address]), times());
    let failed = async || call(&channel, "Answer").await.is_err();
    eventually(failed).await;
    let (begin, mut failures) = (Instant::now(), 1);
    for _ in 0..400 {
        failures += u64::from(failed().await);
    }
    let most = 3 + 1 + begin.elapsed().as_secs();
    assert!(failures <= most, "{failures} of {most}");

    // Alone, it is asked again and again.
    good.stop().await;
    let before = bad.calls();
    for _ in 0..10 {
        assert!(failed().await);
    }
    assert!(bad.calls() > before);
}

#[tokio::test]
async fn rel_03_without_a_replica_calls_fail_at_once_and_go_on_when_it_is_back() {
    let socket = listen(1).await;
    let address = socket.local_addr().unwrap();
    drop(socket);
    let channel = channel(&Name::of(&[address]), times());
    let begin = Instant::now();
    for _ in 0..1_000 {
        let error = call(&channel, "Answer").await.unwrap_err();
        assert_eq!(error.code(), Code::Unavailable);
        assert!(error.message().contains(&address.to_string()), "{error}");
    }
    // None of them has waited for an attempt to connect.
    assert!(begin.elapsed() < Duration::from_secs(20));
    let socket = tokio::net::TcpListener::bind(address).await.unwrap();
    let _replica = Replica::over(socket, Code::Ok, None);
    eventually(async || call(&channel, "Answer").await.is_ok()).await;
}

/// No storm, however many calls there are.
#[tokio::test]
async fn rel_10_a_replica_that_resets_connections_is_tried_seldom() {
    let replica = Replica::start(1).await;
    let wire = Wire::to(replica.address, 2, State::Silent).await;
    let impatient = Times {
        open: Duration::from_millis(1),
        ..times()
    };
    let channel = channel(&Name::of(&[wire.address]), impatient);
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(2) {
        assert!(call(&channel, "Answer").await.is_err());
        tokio::task::yield_now().await;
    }
    // 50, 100, 200, 400, 600, 600 ms, less 30%.
    assert!(wire.connections() <= 9, "{}", wire.connections());
}

/// Makes 20 calls at the same time that hang until their deadline. Returns whether some were refused instead.
async fn hang(channel: &Channel, limit: Duration) -> bool {
    let calls = (0..20).map(|_| call_within(channel, "Hang", limit));
    let answers = join_all(calls).await;
    let mut errors = answers.into_iter().map(Result::unwrap_err);
    errors.any(|error| is_circuit_open(&error))
}

const LIMIT: Duration = Duration::from_millis(250);

#[tokio::test]
async fn rel_15_a_service_that_never_answers_in_time_is_called_seldom() {
    let replica = Replica::start(1).await;
    let channel = channel(&Name::of(&[replica.address]), times());
    all_answer(&channel, &[&replica]).await;
    eventually(async || hang(&channel, LIMIT).await).await;
    let (begin, before) = (Instant::now(), replica.calls());
    let mut refused = 0;
    for _ in 0..1_000 {
        let answer = call_within(&channel, "Hang", LIMIT).await;
        refused += usize::from(is_circuit_open(&answer.unwrap_err()));
    }
    let probes = replica.calls() - before;
    assert_eq!(refused + probes, 1_000);
    let most = 2 + begin.elapsed().as_millis() / 200;
    assert!(probes as u128 <= most, "{probes} of {most}");

    // The first answer closes it.
    eventually(async || call(&channel, "Answer").await.is_ok()).await;
    for _ in 0..100 {
        call(&channel, "Answer").await.unwrap();
    }
}

/// Browsers that go away, callers with little time, and a service that says that it cannot tell open nothing.
#[tokio::test]
async fn only_late_answers_open_a_circuit() {
    let replica = Replica::start(1).await;
    let channel = channel(&Name::of(&[replica.address]), times());
    all_answer(&channel, &[&replica]).await;
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(1) {
        let gone = Duration::from_millis(100);
        let _ = timeout(gone, hang(&channel, LIMIT)).await;
        assert!(!hang(&channel, Duration::from_millis(50)).await);
    }
    call(&channel, "Answer").await.unwrap();

    let replica = Replica::answering(2, Code::Unavailable).await;
    let channel = self::channel(&Name::of(&[replica.address]), times());
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(1) {
        let error = call(&channel, "Answer").await.unwrap_err();
        assert!(!is_circuit_open(&error));
        sleep(Duration::from_millis(10)).await;
    }
}
