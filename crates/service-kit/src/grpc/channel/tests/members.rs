//! Which replicas get calls: new ones, those that are gone from the name, and while no name can be resolved.

use std::collections::HashMap;
use std::time::Duration;

use tonic::Code;

use super::support::{
    Name, PATIENCE, Replica, State, Wire, all_answer, call, channel, eventually, listen,
    only_answers, times,
};
use crate::grpc::channel::attempts;
use crate::grpc::channel::times::Times;
use crate::grpc::test_service::request;
use tower::Service;

#[tokio::test]
async fn calls_are_spread_over_all_replicas() {
    let replicas = [
        Replica::start(1).await,
        Replica::start(2).await,
        Replica::start(3).await,
    ];
    let addresses = replicas.each_ref().map(|replica| replica.address);
    let channel = channel(&Name::of(&addresses), times());
    all_answer(&channel, &replicas.each_ref()).await;
    let mut answers = HashMap::new();
    for _ in 0..300 {
        *answers
            .entry(call(&channel, "Answer").await.unwrap())
            .or_insert(0) += 1;
    }
    assert!(
        addresses.iter().all(|address| answers[address] > 30),
        "{answers:?}"
    );
}

/// All of 32 calls at a time cannot wait for the same replica.
#[tokio::test]
async fn the_less_busy_replica_is_chosen() {
    let replicas = [Replica::start(1).await, Replica::start(2).await];
    let addresses = replicas.each_ref().map(|replica| replica.address);
    let channel = channel(&Name::of(&addresses), times());
    all_answer(&channel, &replicas.each_ref()).await;
    let before = replicas.each_ref().map(Replica::calls);
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let channel = channel.clone();
            tokio::spawn(async move { call(&channel, "Hang").await })
        })
        .collect();
    eventually(async || {
        replicas.iter().map(Replica::calls).sum::<usize>() >= before.iter().sum::<usize>() + 32
    })
    .await;
    for (replica, before) in replicas.iter().zip(before) {
        assert!(
            (14..=18).contains(&(replica.calls() - before)),
            "{replicas:?}"
        );
    }
    calls.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_new_replica_gets_calls_and_a_departed_one_none() {
    let (old, new) = (Replica::start(1).await, Replica::start(2).await);
    let name = Name::of(&[old.address]);
    let channel = channel(&name, times());
    assert_eq!(call(&channel, "Answer").await.unwrap(), old.address);

    name.set(&[old.address, new.address]);
    all_answer(&channel, &[&new]).await;
    name.set(&[new.address]);
    only_answers(&channel, &new).await;
    let before = old.calls();
    for _ in 0..100 {
        assert_eq!(call(&channel, "Answer").await.unwrap(), new.address);
    }
    assert_eq!(old.calls(), before);
    // Its connection is closed, so that it need not wait.
    old.stop().await;
}

/// The name may be wrong for a moment; a working connection is not given up for an address that nothing listens at.
#[tokio::test]
async fn the_last_connection_stays_until_there_is_another() {
    let replica = Replica::start(1).await;
    let nothing = listen(2).await.local_addr().unwrap();
    let name = Name::of(&[replica.address]);
    let channel = channel(&name, times());
    call(&channel, "Answer").await.unwrap();
    name.set(&[nothing]);
    for _ in 0..50 {
        assert_eq!(call(&channel, "Answer").await.unwrap(), replica.address);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn without_dns_connections_go_on_and_are_made_again() {
    let replica = Replica::start(1).await;
    let wire = Wire::to(replica.address, 2, State::Open).await;
    let name = Name::of(&[wire.address]);
    let times = Times {
        age: Duration::from_millis(50),
        ..times()
    };
    let channel = channel(&name, times);
    call(&channel, "Answer").await.unwrap();
    name.fail();
    let before = wire.connections();
    eventually(async || {
        call(&channel, "Answer").await.unwrap();
        wire.connections() > before + 2
    })
    .await;
}

#[tokio::test]
async fn a_name_without_addresses_fails_at_once_until_it_has_some() {
    let name = Name::of(&[]);
    let channel = channel(&name, times());
    for fail in [false, true] {
        if fail {
            name.fail();
        }
        eventually(async || {
            let error = call(&channel, "Answer").await.unwrap_err();
            assert_eq!(error.code(), Code::Unavailable);
            error.message().contains("no DNS") == fail
        })
        .await;
    }
    let replica = Replica::start(1).await;
    name.set(&[replica.address]);
    eventually(async || call(&channel, "Answer").await.is_ok()).await;
}

#[tokio::test]
async fn an_old_connection_is_replaced_without_a_failed_call() {
    let replica = Replica::start(1).await;
    let wire = Wire::to(replica.address, 2, State::Open).await;
    let times = Times {
        age: Duration::from_millis(20),
        ..times()
    };
    let channel = channel(&Name::of(&[wire.address]), times);
    eventually(async || {
        let (slow, fast) = tokio::join!(call(&channel, "Slow"), call(&channel, "Answer"));
        slow.unwrap();
        fast.unwrap();
        wire.connections() >= 5
    })
    .await;
    drop(channel);
    // All of its connections are closed.
    replica.stop().await;
}

#[tokio::test]
async fn a_second_attempt_goes_to_another_replica() {
    let replicas = [Replica::start(1).await, Replica::start(2).await];
    let addresses = replicas.each_ref().map(|replica| replica.address);
    let channel = channel(&Name::of(&addresses), times());
    all_answer(&channel, &replicas.each_ref()).await;
    for _ in 0..50 {
        let both = async {
            let first = call(&channel, "Answer").await.unwrap();
            (first, call(&channel, "Answer").await.unwrap())
        };
        let (first, second) = attempts(both).await;
        assert_ne!(first, second);
    }
}

/// A call that is given up is cancelled at the replica, and the channel closes its connections when it is dropped.
#[tokio::test]
async fn a_late_call_is_cancelled_and_a_dropped_channel_closes() {
    let replica = Replica::start(1).await;
    let mut channel = channel(&Name::of(&[replica.address]), times());
    let late = request("Hang", Some(Duration::from_millis(50)));
    let late = channel.call(late).await.map(drop);
    // Both sides look at the clock.
    if let Err(error) = late {
        assert_eq!(error.code(), Code::DeadlineExceeded);
    }
    assert!(
        tokio::time::timeout(Duration::from_millis(50), call(&channel, "Hang"))
            .await
            .is_err()
    );
    drop(channel);
    tokio::time::timeout(PATIENCE, replica.stop())
        .await
        .unwrap();
}
