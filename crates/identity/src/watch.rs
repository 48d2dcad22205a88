//! Streams changes of users to watchers.
//!
//! One task asks the store for its newest position, because another process may write to it as well; each watcher reads
//! on from its own position whenever that has moved.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use doorward_proto::identity::v1::WatchUsersResponse;
use doorward_service_kit::Shutdown;
use prost::Message;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::store::{Changes, Store};

const POLL_INTERVAL: Duration = Duration::from_millis(250);
const SIGN_OF_LIFE_INTERVAL: Duration = Duration::from_secs(1);
const MAX_BATCH: u32 = 500;
/// gRPC clients take twice as much. One user alone has less.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The newest position of the store, or the error of reading it.
type Newest = Result<u64, Status>;

/// Responses to a watcher.
pub(crate) type WatchStream = ReceiverStream<Result<WatchUsersResponse, Status>>;

#[derive(Debug)]
pub(crate) struct Watch {
    store: Arc<dyn Store>,
    newest: watch::Sender<Newest>,
    shutdown: Shutdown,
}

impl Watch {
    /// Polls for changes until `shutdown`.
    pub(crate) fn start(store: Arc<dyn Store>, shutdown: Shutdown) -> Self {
        let newest = watch::Sender::new(Ok(0));
        let polling = poll(Arc::clone(&store), newest.clone());
        let until = shutdown.clone();
        tokio::spawn(async move { until.run_until_cancelled(polling).await });
        Self {
            store,
            newest,
            shutdown,
        }
    }

    /// Changes after a position, until `shutdown`, the watcher's end or an error.
    pub(crate) fn stream(&self, after: u64) -> WatchStream {
        // Room for one: a slow watcher gets larger batches, not a longer queue.
        let (messages, stream) = mpsc::channel(1);
        let watcher = Watcher {
            store: Arc::clone(&self.store),
            // From before the first read, so that no change falls between the two.
            newest: self.newest.subscribe(),
            position: after,
            messages,
        };
        let shutdown = self.shutdown.clone();
        tokio::spawn(async move { shutdown.run_until_cancelled(watcher.run()).await });
        ReceiverStream::new(stream)
    }
}

async fn poll(store: Arc<dyn Store>, newest: watch::Sender<Newest>) {
    let mut ticks = interval(POLL_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let has_no_watchers = newest.is_closed();
        if has_no_watchers {
            continue;
        }
        let found = store.newest_position().await.map_err(Status::from);
        newest.send_if_modified(|known| {
            let news = found.is_err() || known.as_ref().ok() != found.as_ref().ok();
            *known = found;
            news
        });
    }
}

struct Watcher {
    store: Arc<dyn Store>,
    newest: watch::Receiver<Newest>,
    position: u64,
    messages: mpsc::Sender<Result<WatchUsersResponse, Status>>,
}

impl Watcher {
    async fn run(self) {
        let messages = self.messages.clone();
        let watch = async {
            let Err(status) = self.relay().await;
            let _watcher_left = messages.send(Err(status)).await;
        };
        tokio::select! {
            () = watch => {}
            () = messages.closed() => {}
        }
    }

    async fn relay(mut self) -> Result<Infallible, Status> {
        if self.position > self.store.newest_position().await? {
            // The position is from another database, or from before a restore: send all users again.
            self.position = 0;
        }
        self.send_changes().await?;
        let mut signs_of_life = interval(SIGN_OF_LIFE_INTERVAL);
        loop {
            tokio::select! {
                moved = self.newest.changed() => {
                    moved.map_err(|_| Status::unavailable("the service stops"))?;
                    self.newest.borrow_and_update().clone()?;
                    self.send_changes().await?;
                }
                _ = signs_of_life.tick() => self.send(self.sign_of_life()).await?,
            }
        }
    }

    fn sign_of_life(&self) -> WatchUsersResponse {
        WatchUsersResponse {
            position: self.position,
            users: Vec::new(),
        }
    }

    async fn send_changes(&mut self) -> Result<(), Status> {
        loop {
            let message = self.next_changes().await?;
            if message.users.is_empty() {
                return Ok(());
            }
            self.position = message.position;
            self.send(message).await?;
        }
    }

    /// Reads as many changes as fit into a message.
    async fn next_changes(&self) -> Result<WatchUsersResponse, Status> {
        let mut limit = MAX_BATCH;
        loop {
            let Changes { position, users } = self.store.list_changes(self.position, limit).await?;
            let users = users.into_iter().map(Into::into).collect();
            let message = WatchUsersResponse { position, users };
            if limit == 1 || message.encoded_len() <= MAX_BYTES {
                return Ok(message);
            }
            limit /= 2;
        }
    }

    async fn send(&self, message: WatchUsersResponse) -> Result<(), Status> {
        let sent = self.messages.send(Ok(message)).await;
        sent.map_err(|_| Status::cancelled("the watcher left"))
    }
}
