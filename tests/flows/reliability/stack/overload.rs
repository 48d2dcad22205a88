//! REL-36: twice as many requests as can be answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::super::answer::Answer;
use super::super::load::{Load, Mix};
use super::super::model::Model;
use super::super::stand::Stand;
use super::row::assert_served;
use super::{MIX, finish, on_stack};

/// The share of a processor for each `token-signing`: so little that it is the first to be overloaded, and that the
/// tests, which share the machine, can ask for twice what it gives.
const PROCESSORS: f64 = 0.05;
/// Requests at a time that find out how many can be answered.
const WORKERS: usize = 16;
/// Seconds of finding out, and of the overload.
const MEASURED: u64 = 5;
const OVERLOADED: u64 = 8;
/// All is well again this long after the overload.
const CALM: Duration = Duration::from_secs(5);

/// Every answer is a token or reports an outage, and all is well afterwards. How many tokens are given meanwhile is in
/// the report; it is less than without the overload.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_36_twice_the_rated_load() {
    on_stack(async |stack, stand| {
        let throttled = stack.throttle("token-signing", PROCESSORS);
        let model = Arc::new(stand.model(30, 0).await);
        let rated = rated(stand, &model).await;
        let twice = Mix {
            per_second: 2 * rated,
            percent_logouts: 0,
            percent_sign_ins: 0,
        };
        let load = Load::start(stand, stand.model(30, 0).await, twice);
        load.mark(&format!("twice {rated} per second"));
        load.go_on(OVERLOADED).await;
        load.mark("calm");
        let verdict = load.stop().await;
        drop(throttled);
        verdict.assert_none_bad("REL-36");
        assert!(verdict.count("silent", "token") > 0, "{verdict:#?}");
        assert!(verdict.count("silent", "cannot tell") > 0, "{verdict:#?}");

        let load = Load::start(stand, stand.model(30, 30).await, MIX);
        load.go_on(CALM.as_secs()).await;
        let verdict = finish(load, "REL-36-after").await;
        assert_served(&verdict, CALM, Duration::MAX);
    })
    .await;
}

/// The tokens per second when the next request follows each answer.
async fn rated(stand: &Arc<Stand>, model: &Arc<Model>) -> u32 {
    let end = Instant::now() + Duration::from_secs(MEASURED);
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        let (stand, model) = (Arc::clone(stand), Arc::clone(model));
        workers.spawn(async move {
            let (session, mut tokens) = (model.any(worker as u64), 0);
            while Instant::now() < end {
                let answer = stand.silent(&session, worker % 2).await;
                tokens += u32::from(answer == Answer::Yes);
            }
            tokens
        });
    }
    let tokens: u32 = workers.join_all().await.into_iter().sum();
    tokens / u32::try_from(MEASURED).unwrap()
}
