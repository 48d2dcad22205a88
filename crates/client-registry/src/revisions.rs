//! Polls the store's revision, which other processes raise too, for all `Watch` streams of this process.

use std::sync::Arc;
use std::time::Duration;

use doorward_service_kit::{Shutdown, with_causes};
use futures::{Stream, stream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::store::Store;

const POLL: Duration = Duration::from_millis(250);
/// A store that takes longer counts as unavailable: heartbeats must end when it fails.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longest time between two messages of a stream.
const HEARTBEAT: Duration = Duration::from_millis(900);

/// The revision cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unavailable;

type Seen = Result<u64, Unavailable>;

/// The latest revision; `None` until the first answer of the store.
#[derive(Debug)]
pub(crate) struct Revisions(watch::Receiver<Option<Seen>>);

impl Revisions {
    /// Starts to poll, until `shutdown` or until the last receiver is dropped.
    pub(crate) fn follow(store: Arc<dyn Store>, shutdown: Shutdown) -> Self {
        let (sender, receiver) = watch::channel(None);
        tokio::spawn(async move {
            loop {
                let answer = ask(&*store).await;
                // An error may now come from closing the store or removing its folder.
                if shutdown.is_cancelled() {
                    return;
                }
                let seen = answer.as_ref().copied().map_err(|_| Unavailable);
                let news = sender.send_if_modified(|latest| latest.replace(seen) != Some(seen));
                if let (true, Err(problem)) = (news, answer) {
                    tracing::warn!(error = problem, "the revision cannot be read");
                }
                tokio::select! {
                    () = sleep(POLL) => {}
                    () = shutdown.cancelled() => return,
                    () = sender.closed() => return,
                }
            }
        });
        Self(receiver)
    }

    /// Sends the current revision at once, then each change, and the same revision as a heartbeat. Ends after
    /// `Unavailable`, and when polling ends.
    pub(crate) fn stream(&self) -> impl Stream<Item = Seen> + Send + use<> {
        let mut receiver = self.0.clone();
        // The first wait ends as soon as there is a revision.
        receiver.mark_changed();
        stream::unfold(Some(receiver), async |receiver| {
            let mut receiver = receiver?;
            let seen = next(&mut receiver).await?;
            Some((seen, seen.is_ok().then_some(receiver)))
        })
    }
}

async fn next(receiver: &mut watch::Receiver<Option<Seen>>) -> Option<Seen> {
    loop {
        if let Ok(Err(_ended)) = timeout(HEARTBEAT, receiver.changed()).await {
            return None;
        }
        let latest = *receiver.borrow_and_update();
        if latest.is_some() {
            return latest;
        }
    }
}

async fn ask(store: &dyn Store) -> Result<u64, String> {
    match timeout(PATIENCE, store.revision()).await {
        Ok(answer) => answer.map_err(|error| with_causes(&error)),
        Err(elapsed) => Err(elapsed.to_string()),
    }
}
