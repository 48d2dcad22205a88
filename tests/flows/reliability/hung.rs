//! REL-18, short form: a primary hangs, is replaced, and continues as if nothing had happened. One `session` is still
//! connected to it, the other to its successor. A logout confirmed at one holds at the other, or the other reports an
//! outage.

use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_e2e::SECOND_SESSION;
use doorward_test_support::redis::{Cluster, Sentinel};

use super::load::{Load, Mix};
use super::model::{Judgement, Session};
use super::stand::{Stand, on_stand, place};
use super::sweep::sweep;

const LEAVING: usize = 30;
/// No logouts: the test makes them itself.
const MIX: Mix = Mix {
    per_second: 20,
    percent_logouts: 0,
    percent_sign_ins: 0,
};
const PATIENCE: Duration = Duration::from_mins(1);
/// The time in which the old primary answers the requests that have queued up at it, if at all.
const HAUNTED: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_18_a_primary_of_sentinels_hung() {
    let _place = place().await;
    let redis = Sentinel::start(2).await;
    on_stand(&patient(&redis.url()), async |stand| {
        let load = begin(stand).await;
        let lost = redis.pause_primary().await;
        redis.wait_for_promotion(&lost).await;
        let left = leave(stand, &load).await;
        redis.resume(&lost);
        finish(load, &left, "REL-18-sentinel").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_18_a_primary_of_a_cluster_hung() {
    let _place = place().await;
    // Two replicas: the new primary needs one to acknowledge its writes.
    let redis = Cluster::start(2).await;
    on_stand(&patient(&redis.url()), async |stand| {
        let load = begin(stand).await;
        let primary = redis.primary_of("any key");
        redis.pause(primary);
        redis.wait_for_promotion(primary).await;
        let left = leave(stand, &load).await;
        redis.resume(primary);
        finish(load, &left, "REL-18-cluster").await;
    })
    .await;
}

/// Settings with a deadline so long that the first `session` still waits for the old primary when it continues.
fn patient(url: &str) -> String {
    format!("url = \"{url}\"\ndeadline_ms = 2000")
}

async fn begin(stand: &Arc<Stand>) -> Load {
    let load = Load::start(stand, stand.model(20, LEAVING).await, MIX);
    load.go_on(2).await;
    load.run().model.note_crash();
    load
}

/// Signs out all sessions it can at the second `session`, which was just started and so connects to the new primary.
async fn leave(stand: &Stand, load: &Load) -> Vec<Arc<Session>> {
    stand.separate().kill(SECOND_SESSION);
    stand.separate().start_process(SECOND_SESSION);
    let run = load.run();
    let begin = Instant::now();
    let leaving: Vec<_> = std::iter::from_fn(|| run.model.next_leaving()).collect();
    for session in &leaving {
        while !session.is_logged_out() {
            run.log_out(run.now(), session, 1).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
            assert!(begin.elapsed() < PATIENCE, "nobody can sign out");
        }
    }
    leaving
}

/// Tries the sessions where the old primary may still be connected, then everywhere.
async fn finish(load: Load, left: &[Arc<Session>], test: &str) {
    let run = load.run();
    let begin = Instant::now();
    let mut said = false;
    while !said || begin.elapsed() < HAUNTED {
        assert!(begin.elapsed() < PATIENCE, "no definite answer");
        for session in left {
            let judgement = run.silent("haunt", run.now(), session, 0).await;
            said |= judgement == Judgement::Good("signed out");
        }
    }
    load.wait_until_well().await;
    sweep(load.run()).await;
    let verdict = load.stop().await;
    verdict.assert_none_bad(test);
    assert_eq!(verdict.count("logout", "confirmed"), LEAVING);
}
