//! The task behind a connection: connects, probes Redis every half second, and reconnects at a bounded rate.

use std::sync::Arc;
use std::time::Duration;

use doorward_service_kit::random_byte;
use redis::{ErrorKind, RedisResult};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::clock;
use super::connection::{Connection, Links};
use super::contents::Contents;
use super::failure::{is_doubtful, needs_new_connection};
use super::memory::Memory;
use super::topology::Topology;

/// Time between the starts of two attempts to connect, plus up to a quarter.
const ATTEMPTS: Duration = Duration::from_secs(1);
const PROBES: Duration = Duration::from_millis(500);
/// Interval of probes in the first second of a store that was never used, so that a slow first answer, as on a machine
/// where everything starts at once, does not cost half a second of refusals.
const FIRST_PROBES: Duration = Duration::from_millis(50);
const FIRST_ROUNDS: u32 = 20;
/// Deadline of these first probes.
const FIRST_DEADLINE: Duration = Duration::from_secs(1);
/// Number of probes between two checks of memory and clock, which repeat their warnings.
const SELDOM: u32 = 20;
/// Consecutive probes without an answer after which the connection is closed.
const PATIENCE: u32 = 6;

pub(super) struct Supervisor {
    pub(super) topology: Topology,
    pub(super) connection: Arc<Connection>,
    pub(super) contents: Contents,
    /// False while the server has an evicting policy, and until the policy was read.
    pub(super) may_be_used: bool,
    pub(super) was_used: bool,
    /// The memory of a server without a limit of its own; 0: no limit.
    pub(super) max_bytes: u64,
}

impl Supervisor {
    /// Runs until the connection has no other owner.
    pub(super) async fn run(mut self) {
        let mut is_reported = false;
        while self.is_wanted() {
            let began = Instant::now();
            match self.connect().await {
                Ok(links) => {
                    is_reported = false;
                    self.look_after(&links).await;
                    self.connection.publish(None);
                }
                Err(error) => {
                    self.connection.breaker.probe_unanswered(Instant::now());
                    if !std::mem::replace(&mut is_reported, true) {
                        tracing::warn!(%error, "redis cannot be reached, retrying");
                    }
                }
            }
            sleep_until(began + ATTEMPTS + ATTEMPTS * u32::from(random_byte()) / 1024).await;
        }
    }

    fn is_wanted(&self) -> bool {
        Arc::strong_count(&self.connection) > 1
    }

    async fn connect(&self) -> RedisResult<Arc<Links>> {
        let count = 1 + usize::from(self.connection.waits_for_replicas());
        let mut links = self.topology.connect(count).await?.into_iter();
        let calls = links.next().ok_or((ErrorKind::Client, "no connection"))?;
        Ok(Arc::new(Links {
            calls,
            confirmations: links.next(),
            broken: Notify::default(),
        }))
    }

    /// Returns when the links are broken.
    async fn look_after(&mut self, links: &Arc<Links>) {
        let mut unanswered = 0;
        let mut round: u32 = 0;
        while self.is_wanted() && unanswered < PATIENCE {
            match self.probe(links, round.is_multiple_of(SELDOM)).await {
                Ok(()) => unanswered = 0,
                Err(error) if is_doubtful(&error) => {}
                Err(error) => {
                    self.connection.breaker.probe_unanswered(Instant::now());
                    if needs_new_connection(&error) {
                        tracing::warn!(%error, "lost the connection to redis, reconnecting");
                        return;
                    }
                    if unanswered == 0 {
                        tracing::warn!(%error, "redis did not answer a probe");
                    }
                    unanswered += 1;
                }
            }
            round = round.wrapping_add(1);
            let pause = self.pause(round);
            if links.heal_themselves() {
                sleep(pause).await;
            } else if timeout(pause, links.broken.notified()).await.is_ok() {
                tracing::warn!("a call lost its connection to redis, reconnecting");
                return;
            }
        }
    }

    fn pause(&self, round: u32) -> Duration {
        if self.was_used || round > FIRST_ROUNDS {
            PROBES
        } else {
            FIRST_PROBES
        }
    }

    /// Checks that Redis answers in time, and publishes the links if it may be used.
    async fn probe(&mut self, links: &Arc<Links>, is_seldom: bool) -> RedisResult<()> {
        let deadline = if self.was_used {
            self.connection.deadline
        } else {
            self.connection.deadline.max(FIRST_DEADLINE)
        };
        let found = self.contents.look(&links.calls, deadline).await?;
        self.connection.breaker.probe_answered();
        if is_seldom || !self.may_be_used {
            let may_be_used = may_be_used(links, self.max_bytes).await;
            // One failing server of a cluster must not keep the others from being used.
            self.may_be_used = may_be_used.unwrap_or(self.may_be_used || links.heal_themselves());
        }
        if self.may_be_used {
            self.contents.act_on(found, &links.calls, is_seldom).await?;
        }
        self.was_used |= self.may_be_used;
        self.connection
            .publish(self.may_be_used.then(|| Arc::clone(links)));
        Ok(())
    }
}

/// Checks memory and clock. `None` if Redis does not answer.
async fn may_be_used(links: &Links, max_bytes: u64) -> Option<bool> {
    let look = async || -> RedisResult<bool> {
        clock::compare(links.calls.clone()).await?;
        let memory = Memory::read(links.calls.clone()).await?;
        memory.report(max_bytes);
        Ok(memory.evicting_policy().is_none())
    };
    match timeout(ATTEMPTS, look()).await {
        Ok(Ok(may_be_used)) => Some(may_be_used),
        Ok(Err(error)) => {
            tracing::warn!(%error, "cannot read the memory and clock of redis");
            None
        }
        Err(_) => None,
    }
}
