//! Sends the mails of an outbox.
//!
//! A process sends one mail at a time, so that a kill leaves at most one mail of which it is unknown whether the server
//! has it. Replicas share the work: a worker claims a mail for a while, and renews the claim while it sends the mail.

mod end;
#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use jiff::Timestamp;
use metrics::{counter, gauge};
use tokio::time::sleep;

use super::delivery::{Transport, Undelivered};
use super::message::Message;
use super::outbox::{Claimed, Outbox, Rows};
use super::times::Times;
use crate::metrics::{MAILS, MAILS_WAITING, start};
use crate::sql::Database;
use crate::{Clock, Shutdown, StoreError, alphanumeric, with_causes};

pub use end::finish;

/// How often rows that are of no use any more are deleted.
const FORGET: Duration = Duration::from_hours(1);
/// How often the mails that wait are counted.
const COUNT: Duration = Duration::from_secs(15);
/// Delay between two attempts to record that a mail was sent.
const RECORD: Duration = Duration::from_millis(200);

/// Sends the mails of one database.
#[derive(Debug)]
pub struct Worker {
    rows: Rows,
    outbox: Outbox,
    transport: Transport,
    clock: Arc<dyn Clock>,
    times: Times,
    /// How often the server has failed for all mails, or an attempt has panicked, in a row.
    failures: u32,
    forgotten_at: Option<Timestamp>,
    counted_at: Option<Timestamp>,
}

/// The way an attempt went.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Another mail may be due.
    Next,
    /// No mail is due, or the store does not answer.
    Idle,
    /// The server fails for all mails.
    ServerDown,
    /// The attempt panicked. Its mail is due again when its claim ends.
    Panicked,
}

impl Worker {
    /// A worker that does nothing yet. The database has the table that `outbox` fills.
    #[must_use]
    pub fn new(
        database: Database,
        outbox: Outbox,
        transport: Transport,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            rows: Rows(database),
            outbox,
            transport,
            clock,
            times: Times::default(),
            failures: 0,
            forgotten_at: None,
            counted_at: None,
        }
    }

    /// Sends mails in a task until `shutdown`; a mail on its way then still arrives ([`finish`]).
    pub fn spawn(mut self, shutdown: Shutdown) {
        for outcome in ["sent", "retried", "failed"] {
            start(&counter!(MAILS, "outcome" => outcome));
        }
        tokio::spawn(async move {
            while let Some(sending) = end::begin(&shutdown).await {
                let step = self.supervised_step().await;
                drop(sending);
                let delay = self.delay(&step);
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = sleep(delay) => {}
                }
            }
        });
    }

    fn delay(&mut self, step: &Step) -> Duration {
        match step {
            Step::Next => Duration::ZERO,
            Step::Idle => self.times.poll,
            Step::ServerDown | Step::Panicked => {
                self.failures = self.failures.saturating_add(1);
                self.times.pause(self.failures)
            }
        }
    }

    /// A panic must not end the worker: all mails of the process would wait for its next start.
    async fn supervised_step(&mut self) -> Step {
        let step = AssertUnwindSafe(self.step()).catch_unwind().await;
        step.unwrap_or_else(|_| {
            tracing::error!(
                "an attempt to send a mail panicked; the next one begins after a pause"
            );
            Step::Panicked
        })
    }

    /// Sends the next mail that is due, if there is one.
    async fn step(&mut self) -> Step {
        let claimed = match self.claim().await {
            Ok(Some(claimed)) => claimed,
            Ok(None) => return Step::Idle,
            Err(error) => {
                tracing::warn!(
                    error = with_causes(&error),
                    "cannot read the outbox of mails"
                );
                return Step::Idle;
            }
        };
        let outcome = self.deliver(&claimed).await;
        match self.record(&claimed, outcome).await {
            Ok(step) => step,
            Err(error) => {
                tracing::warn!(
                    mail = claimed.id,
                    error = with_causes(&error),
                    "cannot record an attempt to send a mail"
                );
                Step::Idle
            }
        }
    }

    async fn claim(&mut self) -> Result<Option<Claimed>, StoreError> {
        let now = self.clock.now();
        if self.forgotten_at.is_none_or(|last| last + FORGET <= now) {
            self.forgotten_at = Some(now);
            self.forget_old(now).await;
        }
        if self.counted_at.is_none_or(|last| last + COUNT <= now) {
            self.counted_at = Some(now);
            let queued = self.rows.count_queued().await?;
            gauge!(MAILS_WAITING).set(queued);
        }
        self.rows
            .claim(alphanumeric(16), now, now + self.times.claim)
            .await
    }

    /// Failing to do so holds no mail up.
    async fn forget_old(&self, now: Timestamp) {
        if let Err(error) = self.rows.forget_old(now).await {
            tracing::warn!(error = with_causes(&error), "records of old mails stay");
        }
    }

    /// Sends a mail, and renews the claim until the server has answered.
    async fn deliver(&self, claimed: &Claimed) -> Result<(), Undelivered> {
        let unreadable = "the mail was encrypted with another key";
        let mail = self.outbox.open(claimed);
        let mail = mail.ok_or_else(|| Undelivered::Never(unreadable.to_owned()))?;
        let identity = (claimed.id.clone(), claimed.created_at);
        let message = Message::new(mail, identity, &self.transport.sender);
        let message = message.map_err(|problem| Undelivered::Never(problem.to_owned()))?;
        tokio::select! {
            sent = self.transport.send(&message, &self.times) => sent,
            never = self.renew(claimed) => never,
        }
    }

    async fn renew<T>(&self, claimed: &Claimed) -> T {
        loop {
            sleep(self.times.claim / 3).await;
            let until = self.clock.now() + self.times.claim;
            if let Err(error) = self.rows.renew(claimed, until).await {
                tracing::warn!(
                    mail = claimed.id,
                    error = with_causes(&error),
                    "cannot renew the claim of a mail"
                );
            }
        }
    }

    async fn record(
        &mut self,
        claimed: &Claimed,
        outcome: Result<(), Undelivered>,
    ) -> Result<Step, StoreError> {
        let (mail, attempts) = (&claimed.id, claimed.attempts);
        if !matches!(outcome, Err(Undelivered::Server(_))) {
            self.failures = 0;
        }
        match outcome {
            Ok(()) => {
                self.record_sent(claimed).await;
                counter!(MAILS, "outcome" => "sent").increment(1);
                tracing::debug!(mail, attempts, "mail sent");
                Ok(Step::Next)
            }
            Err(Undelivered::Never(error)) => {
                counter!(MAILS, "outcome" => "failed").increment(1);
                // The server's text may repeat the recipient's address, which is not logged.
                tracing::warn!(mail, attempts, "a mail was refused and is given up");
                self.rows.give_up(claimed, &error).await?;
                Ok(Step::Next)
            }
            Err(Undelivered::Later(error)) => {
                tracing::warn!(mail, attempts, "a mail was not accepted, retrying later");
                self.retry_later(claimed, &error).await?;
                Ok(Step::Next)
            }
            Err(Undelivered::Server(error)) => {
                tracing::warn!(
                    mail,
                    attempts,
                    error,
                    "mails cannot be sent, retrying later"
                );
                self.retry_later(claimed, &error).await?;
                Ok(Step::ServerDown)
            }
        }
    }

    async fn retry_later(&self, claimed: &Claimed, error: &str) -> Result<(), StoreError> {
        counter!(MAILS, "outcome" => "retried").increment(1);
        let next = self.clock.now() + self.times.retry(claimed.attempts);
        self.rows.retry(claimed, next, error).await
    }

    /// Goes on until it is recorded: otherwise the mail would be sent again.
    async fn record_sent(&self, claimed: &Claimed) {
        while let Err(error) = self.rows.sent(claimed).await {
            tracing::warn!(
                mail = claimed.id,
                error = with_causes(&error),
                "cannot record that a mail was sent, retrying"
            );
            sleep(RECORD).await;
        }
    }
}
