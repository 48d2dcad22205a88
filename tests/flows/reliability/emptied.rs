//! REL-06: Redis returns without its data. No answer may be `login_required` because of that.

use std::sync::Arc;

use doorward_test_support::redis::Persistent;

use super::answer::Answer;
use super::load::{Load, USUAL};
use super::model::Model;
use super::stand::{LOST, on_stand, place, settings};
use super::sweep::sweep;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_06_everybody_waits_for_the_data() {
    let _place = place().await;
    let redis = Persistent::start().await;
    on_stand(&settings(&redis.url()), async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(30, 30).await, USUAL);
        load.go_on(2).await;

        redis.kill();
        redis.keep();
        redis.empty();
        redis.start_again().await;
        let empty = load.run().now();
        stand.wait_for_log(LOST).await;
        load.go_on(4).await;
        redis.kill();
        let lost = load.run().now();
        redis.put_back();
        redis.start_again().await;
        load.wait_until_well().await;

        load.wait_until_steady().await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-06-wait");
        assert_eq!(verdict.answered_between(empty, lost), 0, "nobody can tell");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_06_the_loss_is_declared() {
    let _place = place().await;
    let redis = Persistent::start().await;
    let settings = format!("{}\non_data_loss = \"start_empty\"", settings(&redis.url()));
    on_stand(&settings, async |stand| {
        stand.add_users(3);
        let log = Arc::clone(stand);
        let model = Model::with_loss(move || log.deployment.log().contains(LOST));
        stand.fill(&model, 30, 30).await;
        let load = Load::start(stand, model, USUAL);
        load.go_on(2).await;

        // Without a pause, so that the very next request finds it empty.
        assert_eq!(redis.ask(&["FLUSHALL"]), "OK");
        stand.wait_for_log(LOST).await;
        load.wait_until_well().await;

        load.wait_until_steady().await;
        load.wait_for(1, "silent", "declared lost").await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-06-begin-again");
        let (answer, session) = stand.sign_in(0, 1).await;
        let session = session.unwrap_or_else(|| panic!("a sign-in counts again: {answer:?}"));
        assert_eq!(stand.silent(&session, 0).await, Answer::Yes);
    })
    .await;
}
