//! How many calls sign at the same time, and how many may wait for it.
//!
//! A signature takes a good part of a millisecond of one processor, on the thread that serves the call: handing it to
//! another thread costs a tenth of that (ADR 44). So that the service still accepts, refuses and answers other calls
//! meanwhile, one thread of the runtime is left free; the process has one more than there are processors.
//!
//! A PKCS#11 token may take many milliseconds, and often does the work on another machine. Calls that may wait for one
//! sign on threads of their own: as many at the same time as there are sessions with the token.
//!
//! A call that finds too many others waiting is refused at once. One that is given up while it waits is not signed, so
//! that under more load than can be signed all signatures are for callers that still wait.

use std::sync::Arc;

use doorward_service_kit::deadline::time_left;
use doorward_service_kit::metrics::Counted;
use metrics::{Gauge, gauge};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;

use crate::Error;
use crate::config::SigningConfig;
use crate::metrics::SIGNING_CALLS;

/// Turns at signing, first come, first served.
#[derive(Debug)]
pub(crate) struct Turns {
    /// A permit for each call that signs or waits.
    admissions: Arc<Semaphore>,
    /// A permit for each call that signs.
    free: Arc<Semaphore>,
    /// Whether signing may block.
    own_threads: bool,
    waiting: Gauge,
    running: Gauge,
}

/// A call may sign while it has this.
#[derive(Debug)]
pub(crate) struct Turn {
    _admission: OwnedSemaphorePermit,
    _free: OwnedSemaphorePermit,
    _running: Counted,
    own_thread: bool,
}

impl Turns {
    /// Turns for the threads of the current runtime.
    pub(crate) fn on_the_runtime(config: &SigningConfig) -> Self {
        let threads = Handle::current().metrics().num_workers();
        Self::of((threads - 1).max(1), false, config)
    }

    /// Turns for this many threads of their own.
    pub(crate) fn on_own_threads(threads: usize, config: &SigningConfig) -> Self {
        Self::of(threads, true, config)
    }

    fn of(at_once: usize, own_threads: bool, config: &SigningConfig) -> Self {
        let all = at_once.saturating_add(config.max_waiting(at_once));
        Self {
            admissions: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            free: Arc::new(Semaphore::new(at_once)),
            own_threads,
            waiting: gauge!(SIGNING_CALLS, "state" => "waiting"),
            running: gauge!(SIGNING_CALLS, "state" => "running"),
        }
    }

    /// Waits for a turn. Refuses it if too many others wait.
    pub(crate) async fn take(&self) -> Result<Turn, Error> {
        let admission = Arc::clone(&self.admissions).try_acquire_owned();
        let admission = admission.map_err(|_| Error::Overloaded)?;
        let waiting = Counted::new(&self.waiting);
        let free = Arc::clone(&self.free).acquire_owned().await;
        let free = free.map_err(|_| Error::Overloaded)?;
        drop(waiting);
        if time_left().is_some_and(|left| left.is_zero()) {
            return Err(Error::TooLate);
        }
        Ok(Turn {
            _admission: admission,
            _free: free,
            _running: Counted::new(&self.running),
            own_thread: self.own_threads,
        })
    }
}

impl Turn {
    /// Runs what signs. It keeps the turn until it ends, even if the caller has given up meanwhile.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        sign: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if !self.own_thread {
            return sign();
        }
        let signed = task::spawn_blocking(move || {
            let _turn = self;
            sign()
        });
        signed.await.map_err(|_| Error::Interrupted)?
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use doorward_proto::errors::v1::ErrorReason;
    use doorward_proto::reason_of;
    use doorward_service_kit::deadline::within;
    use futures::poll;
    use tonic::{Code, Status};

    use super::*;

    fn one_at_once(max_waiting: usize) -> Turns {
        let config = SigningConfig {
            max_waiting: Some(max_waiting),
            ..SigningConfig::default()
        };
        Turns::of(1, false, &config)
    }

    #[tokio::test]
    async fn too_many_are_refused_and_the_others_go_on() {
        let turns = one_at_once(1);
        let first = turns.take().await.unwrap();
        let mut second = pin!(turns.take());
        assert!(poll!(&mut second).is_pending());
        let refused = Status::from(turns.take().await.unwrap_err());
        assert_eq!(refused.code(), Code::ResourceExhausted);
        assert_eq!(reason_of(&refused), Some(ErrorReason::Overloaded));
        drop(first);
        drop(second.await.unwrap());
        turns.take().await.unwrap();
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_leaves_its_place_to_another() {
        let turns = one_at_once(1);
        let first = turns.take().await.unwrap();
        {
            let mut given_up = pin!(turns.take());
            assert!(poll!(&mut given_up).is_pending());
        }
        let mut second = pin!(turns.take());
        assert!(poll!(&mut second).is_pending());
        drop(first);
        second.await.unwrap();
    }

    #[tokio::test]
    async fn nothing_is_signed_after_the_deadline() {
        let turns = one_at_once(1);
        let late = within(Duration::ZERO, turns.take()).await;
        assert!(matches!(late, Err(Error::TooLate)));
        turns.take().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 3)]
    async fn one_thread_is_left_free() {
        let turns = Turns::on_the_runtime(&SigningConfig::default());
        let _held = (turns.take().await.unwrap(), turns.take().await.unwrap());
        assert!(poll!(pin!(turns.take())).is_pending());
    }
}
