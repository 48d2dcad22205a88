//! REL-05, REL-45: the primary dies, and a replica replaces it. Confirmed logouts hold.

use std::sync::Arc;

use doorward_test_support::redis::Sentinel;

use tokio::task::JoinHandle;

use super::load::{Load, Mix, Run};
use super::model::Session;
use super::stand::{on_stand, place, settings};
use super::sweep::sweep;

/// Sessions that sign out. The contract has 10,000, for a dedicated machine.
const LEAVING: usize = 500;
const STAYING: usize = 30;
/// Logouts before the primary dies.
const CONFIRMED: usize = 50;
/// Mostly logouts, so that some are in flight at any moment.
const MIX: Mix = Mix {
    per_second: 50,
    percent_logouts: 50,
    percent_sign_ins: 2,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_05_rel_45_the_primary_dies_among_logouts() {
    let _place = place().await;
    let redis = Sentinel::start(2).await;
    on_stand(&settings(&redis.url()), async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(STAYING, LEAVING).await, MIX);
        load.wait_for(CONFIRMED, "logout", "confirmed").await;

        load.run().model.note_crash();
        let killed = redis.kill_primary().await;
        // Some logouts meet the outage.
        load.wait_for(1, "logout", "cannot tell").await;
        redis.wait_for_promotion(&killed).await;
        load.wait_until_well().await;

        load.wait_until_steady().await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-05-45");
        // Each session is tried at both frontends.
        assert!(verdict.count("sweep", "signed out") >= 2 * CONFIRMED);
    })
    .await;
}

/// The replicas lag behind when the primary dies. Writes that they lack may be lost, so those must not have been
/// confirmed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_45_a_logout_that_no_replica_has() {
    const LEAVING: usize = 20;
    let _place = place().await;
    let redis = Sentinel::start(2).await;
    on_stand(&settings(&redis.url()), async |stand| {
        let quiet = Mix {
            per_second: 10,
            percent_logouts: 0,
            percent_sign_ins: 0,
        };
        let load = Load::start(stand, stand.model(20, LEAVING).await, quiet);
        load.go_on(2).await;

        redis.pause_replicas().await;
        let run = load.run();
        let leaving = std::iter::from_fn(|| run.model.next_leaving());
        let leaving: Vec<_> = leaving
            .map(|session| leave(Arc::clone(run), session))
            .collect();
        for left in leaving {
            left.await.unwrap();
        }
        let lost = redis.kill_primary().await;
        redis.resume_replicas().await;
        redis.wait_for_promotion(&lost).await;
        load.wait_until_well().await;

        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-45-lag");
        assert_eq!(verdict.count("logout", "cannot tell"), LEAVING);
    })
    .await;
}

fn leave(run: Arc<Run>, session: Arc<Session>) -> JoinHandle<()> {
    tokio::spawn(async move { run.log_out(run.now(), &session, 0).await })
}

/// With only one replica, no logout can be confirmed after the failover, and none is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_05_a_pair_waits_for_its_other_half() {
    let _place = place().await;
    let redis = Sentinel::start(1).await;
    on_stand(&settings(&redis.url()), async |stand| {
        let mix = Mix {
            per_second: 20,
            percent_logouts: 10,
            percent_sign_ins: 0,
        };
        let load = Load::start(stand, stand.model(20, 60).await, mix);
        load.go_on(1).await;

        load.run().model.note_crash();
        let killed = redis.kill_primary().await;
        redis.wait_for_promotion(&killed).await;
        // Requests in flight have ended, and writes that only the lost server had are lost.
        load.go_on(2).await;
        let begin = load.run().now();
        load.go_on(3).await;
        let end = load.run().now();
        redis.start_again(killed).await;
        load.wait_until_well().await;

        load.go_on(2).await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-05-pair");
        let confirmed = verdict.count_between("logout", "confirmed", begin, end);
        assert_eq!(confirmed, 0, "a single server cannot confirm");
    })
    .await;
}
