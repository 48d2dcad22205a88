//! The task of one replica: connects it, and again when its connection is lost, old, or made with old certificates.

use std::io;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::backoff::{Backoff, jittered};
use super::connection::{Link, establish};
use super::peer::{Peer, is_refused_certificate};
use super::pool::Pool;
use super::view::Standing;

pub(super) struct Keeper {
    pub(super) replica: u64,
    pub(super) peer: Peer,
    pub(super) pool: Arc<Pool>,
    /// Cancelled when the name no longer has this address, and with the channel.
    pub(super) departed: CancellationToken,
}

/// Why a connection is not used any more.
enum End {
    Lost,
    /// The server's certificate is not accepted any more.
    Refused(io::Error),
}

impl Keeper {
    /// Runs until the replica has departed; its connection then closes after the calls in flight.
    pub(super) async fn keep(self) {
        let departed = self.departed.clone();
        departed.run_until_cancelled(self.follow()).await;
        self.pool.remove(self.replica, &self.peer);
    }

    async fn follow(&self) {
        let mut backoff = Backoff::new(self.pool.times);
        // Calls do not wait for a replica that has just failed.
        let mut has_failed = false;
        self.set(Standing::Hopeful);
        loop {
            let error = match self.open().await {
                Ok(link) => {
                    if std::mem::take(&mut has_failed) {
                        let (service, replica) = (self.pool.service, &self.peer);
                        tracing::info!(service, %replica, "a replica is reached again");
                    }
                    let since = Instant::now();
                    self.set(Standing::Connected(Arc::clone(&link.connection)));
                    let end = self.hold(link).await;
                    self.pool.lost.notify_one();
                    match end {
                        End::Lost if backoff.lost_after(since.elapsed()) => {
                            self.set(Standing::Hopeful);
                            continue;
                        }
                        End::Lost => io::Error::other("the connection was lost"),
                        End::Refused(error) => error,
                    }
                }
                Err(error) => error,
            };
            if !has_failed {
                has_failed = true;
                self.pool.lost.notify_one();
                let (service, replica) = (self.pool.service, &self.peer);
                tracing::warn!(service, %replica, %error, "a replica cannot be reached, retrying");
            }
            let error = format!("{}: {error}", self.peer);
            self.set(Standing::Failing(error.into()));
            sleep(backoff.fail()).await;
        }
    }

    fn set(&self, standing: Standing) {
        self.pool.set(self.replica, &self.peer, standing);
    }

    async fn open(&self) -> io::Result<Link> {
        let opened = timeout(self.pool.times.open, self.try_open()).await;
        let opened = opened.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let outcome = if opened.is_ok() { "ok" } else { "failed" };
        self.pool.count_attempt(outcome);
        opened
    }

    async fn try_open(&self) -> io::Result<Link> {
        let stream = self.peer.open(self.pool.security.as_ref()).await?;
        let (link, driver) = establish(stream, self.replica, self.pool.times).await?;
        tokio::spawn(driver.run());
        let (service, replica) = (self.pool.service, &self.peer);
        tracing::debug!(service, %replica, "connected");
        Ok(link)
    }

    /// Keeps a connection, and replaces it by a new one when it is time. The old one closes after its calls in flight.
    async fn hold(&self, mut link: Link) -> End {
        let mut certificates = Certificates::new(&self.pool);
        let mut replace_at = self.next_replacement();
        let mut cut_at = None;
        loop {
            let is_cut = tokio::select! {
                biased;
                () = link.over.cancelled() => return End::Lost,
                () = sleep_until(cut_at.unwrap_or(replace_at)), if cut_at.is_some_and(|at| at <= replace_at) => true,
                () = sleep_until(replace_at) => false,
                () = certificates.changed() => {
                    cut_at = Some(Instant::now() + self.pool.times.drain);
                    false
                }
            };
            if is_cut {
                link.cut.cancel();
                return End::Lost;
            }
            match self.open().await {
                Ok(new) => {
                    self.set(Standing::Connected(Arc::clone(&new.connection)));
                    let old = std::mem::replace(&mut link, new);
                    if let Some(at) = cut_at.take() {
                        tokio::spawn(cut(old, at));
                    }
                    replace_at = self.next_replacement();
                }
                Err(error) if is_refused_certificate(&error) => {
                    link.cut.cancel();
                    return End::Refused(error);
                }
                Err(_) => replace_at = Instant::now() + self.pool.times.retry_longest,
            }
        }
    }

    fn next_replacement(&self) -> Instant {
        Instant::now() + jittered(self.pool.times.age, 0.2)
    }
}

/// Ends a connection that was made with old certificates: calls without an end, such as watches, begin anew.
async fn cut(link: Link, at: Instant) {
    let Link {
        connection,
        over,
        cut,
    } = link;
    // Otherwise it could not close before.
    drop(connection);
    tokio::select! {
        () = over.cancelled() => {}
        () = sleep_until(at) => cut.cancel(),
    }
}

/// The certificates of the channel, if it has some.
struct Certificates(Option<watch::Receiver<u64>>);

impl Certificates {
    fn new(pool: &Pool) -> Self {
        let changes = pool.security.as_ref().map(|security| {
            let mut changes = security.tls.changes();
            changes.mark_unchanged();
            changes
        });
        Self(changes)
    }

    async fn changed(&mut self) {
        if let Some(changes) = &mut self.0
            && changes.changed().await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
