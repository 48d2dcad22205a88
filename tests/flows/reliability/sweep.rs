//! The last check: tries every session once more, at both frontends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::load::Run;
use super::model::{Judgement, Session};

/// The number of sessions tried at the same time.
const WORKERS: usize = 8;
/// The time limit for a definite answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Checks that confirmed logouts hold, and that all other users get a token. The model judges these answers too.
pub(super) async fn sweep(run: &Arc<Run>) {
    let sessions = run.model.sessions();
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        let own: Vec<_> = sessions
            .iter()
            .skip(worker)
            .step_by(WORKERS)
            .cloned()
            .collect();
        let run = Arc::clone(run);
        workers.spawn(async move {
            for session in own {
                for replica in 0..2 {
                    definite(&run, &session, replica).await;
                }
            }
        });
    }
    while let Some(done) = workers.join_next().await {
        done.expect("every session gets an answer");
    }
}

async fn definite(run: &Run, session: &Session, replica: usize) {
    let begin = Instant::now();
    let ask = || run.silent("sweep", run.now(), session, replica);
    while ask().await == Judgement::CannotTell {
        assert!(begin.elapsed() < PATIENCE, "still nobody can tell");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
