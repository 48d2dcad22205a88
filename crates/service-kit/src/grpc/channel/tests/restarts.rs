//! Stopping and restarting replicas under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::support::{Name, Replica, all_answer, call, channel, eventually, times};
use crate::grpc::channel::Channel;
use crate::grpc::channel::times::Times;

/// Calls without a pause, until it is stopped.
struct Load {
    is_over: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    calls: JoinSet<()>,
}

impl Load {
    fn on(channel: &Channel) -> Self {
        let (is_over, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let mut calls = JoinSet::new();
        for number in 0..8 {
            let (channel, is_over) = (channel.clone(), Arc::clone(&is_over));
            let answered = Arc::clone(&answered);
            calls.spawn(async move {
                let method = if number % 2 == 0 { "Slow" } else { "Answer" };
                while !is_over.load(Ordering::Relaxed) {
                    call(&channel, method).await.unwrap();
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self {
            is_over,
            answered,
            calls,
        }
    }

    /// Waits for many more answers.
    async fn go_on(&self) {
        let before = self.answered.load(Ordering::Relaxed);
        eventually(async || self.answered.load(Ordering::Relaxed) > before + 50).await;
    }

    /// Fails if one call has failed.
    async fn end(mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.calls.join_next().await {
            ended.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_25_a_rolling_restart_fails_no_call() {
    let (mut one, mut other) = (Replica::start(1).await, Replica::start(2).await);
    let channel = channel(&Name::of(&[one.address, other.address]), times());
    all_answer(&channel, &[&one, &other]).await;
    let load = Load::on(&channel);
    for _ in 0..5 {
        load.go_on().await;
        one = one.restart().await;
        all_answer(&channel, &[&one]).await;
        other = other.restart().await;
        all_answer(&channel, &[&other]).await;
    }
    load.end().await;
}

/// A restarted replica has another address, like a container.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_25_replicas_with_new_addresses_fail_no_call() {
    let (mut one, mut other) = (Replica::start(1).await, Replica::start(2).await);
    let name = Name::of(&[one.address, other.address]);
    let frequent = Times {
        age: Duration::from_millis(100),
        ..times()
    };
    let channel = channel(&name, frequent);
    all_answer(&channel, &[&one, &other]).await;
    let load = Load::on(&channel);
    for host in 3..8 {
        load.go_on().await;
        let new = Replica::start(host).await;
        name.set(&[other.address, new.address]);
        one.stop().await;
        all_answer(&channel, &[&new]).await;
        one = std::mem::replace(&mut other, new);
    }
    load.end().await;
}
