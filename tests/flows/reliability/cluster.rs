//! Redis Cluster: everything works; a replica replaces a lost primary; without a replica, requests report an outage.

use doorward_test_support::redis::Cluster;

use super::load::{Load, USUAL};
use super::stand::{on_stand, place, settings};
use super::sweep::sweep;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_05_a_primary_of_a_cluster_dies() {
    let _place = place().await;
    let redis = Cluster::start(1).await;
    on_stand(&settings(&redis.url()), async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(40, 60).await, USUAL);
        load.go_on(2).await;

        load.run().model.note_crash();
        let primary = redis.primary_of("any key");
        redis.kill(primary);
        load.wait_until_unknown().await;
        redis.wait_for_promotion(primary).await;
        load.wait_until_well().await;

        load.wait_until_steady().await;
        redis.start_again(primary).await;
        load.wait_until_steady().await;
        load.wait_for(1, "logout", "confirmed").await;
        load.wait_for(1, "sign-in", "signed in").await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-05-cluster");
    })
    .await;
}

/// A shard without a replica stays down. The test does not assert that users of other shards are served meanwhile,
/// because the client library stalls again and again while it looks for the lost server. But no answer is wrong.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shard_without_a_replica_is_lost() {
    let _place = place().await;
    let redis = Cluster::start(0).await;
    // There is no replica to acknowledge a write.
    let settings = format!("{}\nmin_replica_acks = 0", settings(&redis.url()));
    on_stand(&settings, async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(40, 60).await, USUAL);
        load.go_on(2).await;

        let primary = redis.primary_of("any key");
        redis.kill(primary);
        load.wait_until_unknown().await;
        load.go_on(5).await;
        redis.start_again(primary).await;
        load.wait_until_well().await;

        load.wait_until_steady().await;
        load.wait_for(1, "logout", "confirmed").await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("lost-shard");
    })
    .await;
}
