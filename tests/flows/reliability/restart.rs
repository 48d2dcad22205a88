//! REL-04: a crash of Redis loses no session and no logout.

use doorward_test_support::redis::Persistent;

use super::load::{Load, USUAL};
use super::stand::{AWAY, on_stand, place, settings};
use super::sweep::sweep;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_04_redis_is_killed_and_started_again() {
    let _place = place().await;
    let redis = Persistent::start().await;
    on_stand(&settings(&redis.url()), async |stand| {
        stand.add_users(3);
        let model = stand.model(30, 30).await;
        let load = Load::start(stand, model, USUAL);
        load.go_on(2).await;

        redis.kill();
        load.wait_until_unknown().await;
        stand.wait_for_log(AWAY).await;
        load.go_on(1).await;
        redis.start_again().await;
        load.wait_until_well().await;

        load.wait_until_steady().await;
        load.wait_for(1, "logout", "confirmed").await;
        load.wait_for(1, "sign-in", "signed in").await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-04");
    })
    .await;
}
