//! The task of a connection: it moves the bytes, and sees the end of the connection or the silence of its peer.

use std::future::poll_fn;
use std::sync::Weak;
use std::task::{Context, Poll};

use futures::FutureExt;
use h2::client::SendRequest;
use h2::{Ping, PingPong};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tonic::codegen::Bytes;

use super::connection::{Connection, Http};
use super::health::Health;
use super::times::Times;

pub(super) struct Driver {
    http: Http,
    pings: PingPong,
    /// Shows whether calls can begin. `None` once they cannot: the connection closes after the last call.
    sender: Option<SendRequest<Bytes>>,
    /// Gone when no call can begin any more.
    connection: Weak<Connection>,
    over: CancellationToken,
    cut: CancellationToken,
    times: Times,
}

/// Where the exchange of pings is.
#[derive(Debug, Clone, Copy)]
enum Pulse {
    /// The next ping is due.
    Next(Instant),
    /// Sent then. When the flag is set, it has been unanswered for so long that calls go elsewhere.
    Sent(Instant, bool),
}

enum Event {
    Ended,
    GoingAway,
    Pong,
    Due,
}

impl Driver {
    pub(super) fn new(
        http: Http,
        pings: PingPong,
        sender: SendRequest<Bytes>,
        connection: Weak<Connection>,
        over: CancellationToken,
        cut: CancellationToken,
        times: Times,
    ) -> Self {
        let sender = Some(sender);
        Self {
            http,
            pings,
            sender,
            connection,
            over,
            cut,
            times,
        }
    }

    /// Runs until the connection has ended.
    pub(super) async fn run(mut self) {
        let cut = self.cut.clone();
        cut.run_until_cancelled(self.drive()).await;
        self.stop_calls();
    }

    async fn drive(&mut self) {
        let mut pulse = Pulse::Next(Instant::now() + self.times.ping_interval);
        let mut timer = Box::pin(sleep_until(self.due(pulse)));
        loop {
            let event = poll_fn(|cx| match self.poll(cx) {
                Poll::Pending => timer.poll_unpin(cx).map(|()| Event::Due),
                ready @ Poll::Ready(_) => ready,
            });
            pulse = match (event.await, pulse) {
                (Event::Ended, _) | (Event::Due, Pulse::Sent(_, true)) => return,
                (Event::GoingAway, pulse) => {
                    self.stop_calls();
                    pulse
                }
                (Event::Pong, _) => {
                    self.note(|health| health.set_silent(false));
                    Pulse::Next(Instant::now() + self.times.ping_interval)
                }
                (Event::Due, Pulse::Next(_)) => {
                    // Fails only if the connection has ended, which the next poll shows.
                    let _ = self.pings.send_ping(Ping::opaque());
                    Pulse::Sent(Instant::now(), false)
                }
                (Event::Due, Pulse::Sent(since, false)) => {
                    self.note(|health| health.set_silent(true));
                    Pulse::Sent(since, true)
                }
            };
            timer.as_mut().reset(self.due(pulse));
        }
    }

    /// The connection comes first: a peer is not silent while its answer waits in our socket.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if self.connection.strong_count() == 0 {
            self.sender = None;
        }
        if self.http.poll_unpin(cx).is_ready() {
            return Poll::Ready(Event::Ended);
        }
        if let Some(sender) = &mut self.sender
            && let Poll::Ready(Err(_)) = sender.poll_ready(cx)
        {
            return Poll::Ready(Event::GoingAway);
        }
        match self.pings.poll_pong(cx) {
            Poll::Ready(Ok(_)) => Poll::Ready(Event::Pong),
            Poll::Ready(Err(_)) => Poll::Ready(Event::Ended),
            Poll::Pending => Poll::Pending,
        }
    }

    fn due(&self, pulse: Pulse) -> Instant {
        match pulse {
            Pulse::Next(due) => due,
            Pulse::Sent(since, false) => since + self.times.ping_doubtful,
            Pulse::Sent(since, true) => since + self.times.ping_timeout,
        }
    }

    fn stop_calls(&mut self) {
        self.sender = None;
        self.note(Health::set_over);
        self.over.cancel();
    }

    fn note(&self, note: impl FnOnce(&Health)) {
        if let Some(connection) = self.connection.upgrade() {
            note(&connection.health);
        }
    }
}
