//! Redis Cluster: everything works, the loss of a primary is bridged by its replica, and without one it is felt by the users
//! of that shard only.

use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_test_support::redis::Cluster;

use super::answer::Answer;
use super::load::{Load, USUAL};
use super::model::Session;
use super::stand::{Stand, alone, on_stand, settings};
use super::sweep::sweep;

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_05_a_primary_of_a_cluster_dies() {
    let _alone = alone().await;
    let redis = Cluster::start(1).await;
    on_stand(&settings(&redis.url()), async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(40, 60).await, USUAL);
        load.go_on(3).await;

        load.run().model.note_crash();
        let primary = redis.primary_of("any key");
        redis.kill(primary);
        load.wait_until_unknown().await;
        redis.wait_for_promotion(primary).await;
        load.wait_until_well().await;

        let well = load.run().now();
        load.go_on(2).await;
        redis.start_again(primary).await;
        load.go_on(2).await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-05-cluster");
        assert!(verdict.answered_since(well) >= 90, "ok without restart");
        assert!(verdict.count("logout", "confirmed") > 0);
        assert!(verdict.count("sign-in", "signed in") > 0);
    })
    .await;
}

/// Nothing can be confirmed by a replica here, and the settings say that nobody shall wait for one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_shards_go_on() {
    let _alone = alone().await;
    let redis = Cluster::start(0).await;
    let settings = format!("{}\nconfirm_replicas = 0", settings(&redis.url()));
    on_stand(&settings, async |stand| {
        let model = stand.model(40, 0).await;
        let sessions = model.sessions();
        assert_eq!(answers(stand, &sessions).await, vec![Answer::Yes; 40]);

        let primary = redis.primary_of("any key");
        redis.kill(primary);
        let begin = Instant::now();
        let (mut known, mut unknown) = (0, 0);
        // Until the shards that are left go on: some answer, some cannot tell, for some time and without a change.
        let mut before = Vec::new();
        for same in 0.. {
            let now = answers(stand, &sessions).await;
            let is_answer = |answer: &Answer| [Answer::Yes, Answer::CannotTell].contains(answer);
            assert!(now.iter().all(is_answer), "{now:?}");
            known = now.iter().filter(|answer| **answer == Answer::Yes).count();
            unknown = now.len() - known;
            if known > 0 && unknown > 0 && now == before && same > 3 {
                break;
            }
            assert!(begin.elapsed() < PATIENCE, "{known} know, {unknown} do not");
            before = now;
        }
        assert!(known > unknown, "two shards of three: {known} of {unknown}");

        redis.start_again(primary).await;
        let begin = Instant::now();
        while answers(stand, &sessions).await != vec![Answer::Yes; 40] {
            assert!(begin.elapsed() < PATIENCE, "the third is back");
        }
    })
    .await;
}

/// One answer for each session, from both frontends in turn.
async fn answers(stand: &Stand, sessions: &[Arc<Session>]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (index, session) in sessions.iter().enumerate() {
        answers.push(stand.silent(session, index % 2).await);
    }
    answers
}
