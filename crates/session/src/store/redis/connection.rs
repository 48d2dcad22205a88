//! Calls to Redis. Each has a deadline, their number is bounded, and none is sent while the circuit breaker is open.
//!
//! A late call is not sent again: Redis answers in order, so a retry would come later still. The call waits for as long
//! as its caller can wait and the breaker is closed.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use doorward_service_kit::StoreError;
use doorward_service_kit::config::ConfigError;
use doorward_service_kit::deadline::time_left;
use doorward_service_kit::trace::store_called;
use futures::{StreamExt, TryStreamExt, stream};
use metrics::gauge;
use redis::{
    Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult, Value, from_redis_value,
    make_extension_error,
};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use super::breaker::Breaker;
use super::failure::{is_missing_function, is_not_permitted, needs_new_connection, store_error};
use super::functions::{self, Call};
use super::keys::Partition;
use super::topology::Link;
use crate::config::RedisConfig;
use crate::metrics::REDIS_UP;

#[cfg(test)]
mod tests;

/// Maximum number of calls in flight. A healthy Redis has fewer; with more, all would be late.
const MAX_IN_FLIGHT: usize = 2_000;
/// Maximum number of calls that wait for replicas: as many as a healthy replica acknowledges within the deadline.
const MAX_CONFIRMATIONS: usize = 256;
/// Concurrent calls of one batch, so that it leaves room for others.
const AT_ONCE: usize = 32;
/// A deadline noticed this late means that this process was busy, and does not count against Redis.
const BUSY: Duration = Duration::from_millis(50);
/// Time left for the answer to reach the caller before its deadline.
const MARGIN: Duration = Duration::from_millis(10);

/// Shared by all calls and by the supervisor task.
#[derive(Debug)]
pub(super) struct Connection {
    links: watch::Sender<Option<Arc<Links>>>,
    pub(super) breaker: Breaker,
    in_flight: Semaphore,
    confirmations: Arc<Semaphore>,
    /// A call that takes longer is late: it counts against Redis, and waits only for as long as its caller can.
    pub(super) deadline: Duration,
    /// Replicas that must acknowledge writes that must not be lost.
    min_replica_acks: u32,
}

/// Connections to the same server or cluster.
pub(super) struct Links {
    pub(super) calls: Link,
    /// `WAIT` blocks its connection, so it has its own. `None` if no replica has to acknowledge.
    pub(super) confirmations: Option<Link>,
    /// Notified by a call that found these links dead.
    pub(super) broken: Notify,
}

impl Links {
    /// Whether they reconnect by themselves, as links to a cluster do.
    pub(super) fn heal_themselves(&self) -> bool {
        matches!(self.calls, Link::Cluster(_))
    }
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Links").finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) fn new(
        config: &RedisConfig,
        min_replica_acks: u32,
    ) -> Result<Arc<Self>, ConfigError> {
        if config.deadline_ms == 0 {
            return Err(ConfigError::invalid(
                "redis.deadline_ms",
                "must be 1 or more",
            ));
        }
        Ok(Arc::new(Self {
            links: watch::Sender::new(None),
            breaker: Breaker::new(Instant::now()),
            in_flight: Semaphore::new(MAX_IN_FLIGHT),
            confirmations: Arc::new(Semaphore::new(MAX_CONFIRMATIONS)),
            deadline: Duration::from_millis(config.deadline_ms),
            min_replica_acks,
        }))
    }

    pub(super) fn waits_for_replicas(&self) -> bool {
        self.min_replica_acks > 0
    }

    /// Sets the links for new calls.
    pub(super) fn publish(&self, links: Option<Arc<Links>>) {
        gauge!(REDIS_UP).set(u8::from(links.is_some()));
        self.links.send_replace(links);
    }

    /// Whether a call would be sent now.
    pub(super) fn is_used(&self) -> bool {
        self.links().is_ok()
    }

    /// Waits until there are links.
    pub(super) async fn used(&self) {
        let mut links = self.links.subscribe();
        let _ = links.wait_for(Option::is_some).await;
    }

    /// Calls a function.
    pub(super) async fn call<T: FromRedisValue>(&self, call: &Call) -> Result<T, StoreError> {
        let permit = self.in_flight.try_acquire();
        let _permit = permit.map_err(|_| too_many())?;
        let links = self.links()?;
        let span = call.span();
        let result = self.judged(send(links.calls.clone(), call)).await;
        store_called(&span, &result);
        understand(result, &links.broken)
    }

    /// Calls a function, and returns its answer once enough replicas have its writes, so that a failover does not lose
    /// them. Does not count for the breaker, because it waits for replicas.
    pub(super) async fn confirmed<T: FromRedisValue>(&self, call: &Call) -> Result<T, StoreError> {
        if !self.waits_for_replicas() {
            return self.call(call).await;
        }
        // Held until Redis has answered, also if the caller has left: the connection is busy until then.
        let permit = Arc::clone(&self.confirmations).try_acquire_owned();
        let permit = permit.map_err(|_| too_many())?;
        let links = self.links()?;
        let link = links.confirmations.clone().ok_or_else(away)?;
        let span = call.span();
        let (call, replicas) = (call.clone(), self.min_replica_acks);
        let wait = wait(replicas, self.deadline);
        let sent = tokio::spawn(async move {
            let result = send_and_wait(link, &call, &wait, replicas).await;
            drop(permit);
            result
        });
        let sent = async { sent.await.map_err(std::io::Error::from)? };
        let result = self.in_time(sent).await;
        store_called(&span, &result);
        understand(result, &links.broken)
    }

    /// Makes calls, and returns once enough replicas have all their writes.
    pub(super) async fn all_confirmed(&self, calls: Vec<Call>) -> Result<(), StoreError> {
        if calls.is_empty() {
            return Ok(());
        }
        let links = self.links()?;
        // In a cluster the calls may go to different servers.
        if links.heal_themselves() {
            return some_at_once(calls.iter().map(|call| self.confirmed(call)).collect()).await;
        }
        // Both links lead to the same server, so one acknowledgement covers whatever was written there before.
        self.all(&calls).await?;
        if self.waits_for_replicas() {
            let fence = Call::fence(&Partition::of_the_store());
            self.confirmed::<()>(&fence).await?;
        }
        // Unless they were replaced meanwhile, and lead to another server now.
        let are_the_same = Arc::ptr_eq(&links, &self.links()?);
        are_the_same.then_some(()).ok_or_else(away)
    }

    /// Makes calls.
    pub(super) async fn all(&self, calls: &[Call]) -> Result<(), StoreError> {
        some_at_once(calls.iter().map(|call| self.call(call)).collect()).await
    }

    fn links(&self) -> Result<Arc<Links>, StoreError> {
        if self.breaker.is_open() {
            return Err(StoreError::Unavailable(
                "the circuit breaker is open".into(),
            ));
        }
        self.links.borrow().clone().ok_or_else(away)
    }

    /// Waits for a call, and reports the outcome to the breaker.
    async fn judged(&self, call: impl Future<Output = RedisResult<Value>>) -> RedisResult<Value> {
        let mut call = pin!(call);
        let began = Instant::now();
        let result = timeout(self.deadline, call.as_mut()).await;
        match &result {
            Ok(Err(error)) if error.is_io_error() => self.breaker.unanswered(Instant::now()),
            Ok(_) => self.breaker.answered(),
            Err(_) if began.elapsed() < self.deadline + BUSY => {
                self.breaker.unanswered(Instant::now());
            }
            Err(_) => {}
        }
        match result {
            Ok(result) => result,
            Err(_) => self.late(call).await,
        }
    }

    /// Waits for a call that does not count for the breaker.
    async fn in_time(&self, call: impl Future<Output = RedisResult<Value>>) -> RedisResult<Value> {
        let mut call = pin!(call);
        match timeout(self.deadline, call.as_mut()).await {
            Ok(result) => result,
            Err(_) => self.late(call).await,
        }
    }

    /// Waits for a late call.
    async fn late(&self, call: impl Future<Output = RedisResult<Value>>) -> RedisResult<Value> {
        let left = time_left().unwrap_or_default().saturating_sub(MARGIN);
        tokio::select! {
            biased;
            result = call => result,
            () = self.breaker.opened() => Err(no_answer()),
            () = sleep(left) => Err(no_answer()),
        }
    }
}

async fn some_at_once(
    calls: Vec<impl Future<Output = Result<(), StoreError>>>,
) -> Result<(), StoreError> {
    stream::iter(calls)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

fn understand<T: FromRedisValue>(
    result: RedisResult<Value>,
    broken: &Notify,
) -> Result<T, StoreError> {
    if let Err(error) = &result
        && needs_new_connection(error)
    {
        broken.notify_one();
    }
    from_redis_value(result.map_err(store_error)?).map_err(StoreError::corrupt)
}

fn too_many() -> StoreError {
    StoreError::Unavailable("too many calls in flight".into())
}

fn no_answer() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

fn away() -> StoreError {
    StoreError::Unavailable("no connection to redis".into())
}

/// Sends a call; one more time when the server does not know the function, which it has not begun to carry out then.
pub(super) async fn send(mut link: Link, call: &Call) -> RedisResult<Value> {
    match link.send(call.command()).await {
        Err(error) if is_missing_function(&error) => {
            load(&mut link).await?;
            link.send(call.command()).await
        }
        result => result,
    }
}

async fn load(link: &mut Link) -> RedisResult<()> {
    match link.send(&functions::load()).await {
        Err(error) if is_not_permitted(&error) => {
            let detail = "our functions are missing, and this account may not load them: docs/redis.md tells how to";
            Err(make_extension_error(
                "NOPERM".to_owned(),
                Some(detail.to_owned()),
            ))
        }
        result => result.map(drop),
    }
}

/// A little less than the deadline, so that Redis answers with the number of replicas.
fn wait(replicas: u32, deadline: Duration) -> Cmd {
    let patience = (deadline * 3 / 4).as_millis().max(1);
    let mut command = redis::cmd("WAIT");
    command.arg(replicas).arg(patience.to_string());
    command
}

async fn send_and_wait(
    mut link: Link,
    call: &Call,
    wait: &Cmd,
    replicas: u32,
) -> RedisResult<Value> {
    let mut pipeline = redis::pipe();
    pipeline
        .add_command(call.command().clone())
        .add_command(wait.clone());
    match called_and_acknowledged(&mut link, &pipeline, replicas).await {
        Err(error) if is_missing_function(&error) => {
            load(&mut link).await?;
            called_and_acknowledged(&mut link, &pipeline, replicas).await
        }
        result => result,
    }
}

async fn called_and_acknowledged(
    link: &mut Link,
    pipeline: &Pipeline,
    replicas: u32,
) -> RedisResult<Value> {
    let mut answers = link.send_all(pipeline).await?.into_iter();
    let (Some(called), Some(waited)) = (answers.next(), answers.next()) else {
        return Err((ErrorKind::Client, "fewer answers than commands").into());
    };
    let called = called.extract_error()?;
    let acknowledged: u32 = from_redis_value(waited.extract_error()?)?;
    if acknowledged < replicas {
        return Err(too_few(acknowledged));
    }
    Ok(called)
}

/// With the code of a server that finds out by itself that it has too few.
fn too_few(acknowledged: u32) -> RedisError {
    let detail = format!("only {acknowledged} replicas have acknowledged it");
    make_extension_error("NOREPLICAS".to_owned(), Some(detail))
}
