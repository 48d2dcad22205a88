//! REL-46: a confirmed logout counts for every later request, also under many concurrent requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use doorward_test_support::redis::Persistent;
use tokio::task::JoinSet;

use super::load::{Load, Mix, Run};
use super::model::Session;
use super::stand::{on_stand, place, settings};
use super::sweep::sweep;

const SESSIONS: usize = 60;
/// The number of sessions at a time.
const AT_ONCE: usize = 6;
/// The number of requests before the logout, and after its confirmation.
const QUESTIONS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_46_logouts_and_silent_authentications_at_once() {
    let _place = place().await;
    let redis = Persistent::start().await;
    on_stand(&settings(&redis.url()), async |stand| {
        let model = stand.model(SESSIONS, 0).await;
        let background = Mix {
            per_second: 10,
            percent_logouts: 0,
            percent_sign_ins: 0,
        };
        let load = Load::start(stand, model, background);
        let sessions = load.run().model.sessions();
        for some in sessions.chunks(AT_ONCE) {
            let mut storms = JoinSet::new();
            for session in some {
                storms.spawn(storm(Arc::clone(load.run()), Arc::clone(session)));
            }
            while let Some(done) = storms.join_next().await {
                done.unwrap();
            }
        }
        sweep(load.run()).await;
        for session in &sessions {
            assert!(session.is_logged_out());
            let left = stand.count_sessions(&session.sub).await;
            assert_eq!(left, [0, 0], "a session came back");
        }
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-46");
        assert_eq!(verdict.count("logout", "confirmed"), SESSIONS);
        assert!(
            verdict.count("storm", "token") >= SESSIONS,
            "the storm came before"
        );
        assert!(
            verdict.count("storm", "signed out") >= SESSIONS,
            "and after"
        );
    })
    .await;
}

/// Sends requests to both frontends without a pause, while the session is ended at one of them.
async fn storm(run: Arc<Run>, session: Arc<Session>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for replica in [0, 1, 0, 1] {
        let (run, session, asked) = (Arc::clone(&run), Arc::clone(&session), Arc::clone(&asked));
        tasks.spawn(async move {
            let mut after = 0;
            while after < QUESTIONS {
                after += usize::from(session.is_logged_out());
                run.silent("storm", run.now(), &session, replica).await;
                asked.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    while asked.load(Ordering::SeqCst) < QUESTIONS {
        tokio::task::yield_now().await;
    }
    while !session.is_logged_out() {
        run.log_out(run.now(), &session, 0).await;
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}
