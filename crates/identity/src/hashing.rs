//! Password hashing. It takes long and needs much memory, so its concurrency is limited.

mod check;
mod memory;

use std::sync::Arc;
use std::time::Duration;

use argon2::Params;
use doorward_service_kit::StoreError;
use doorward_service_kit::metrics::Counted;
use metrics::{Gauge, gauge};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::domain::{HashKind, HashMemory, HashingFailed, Password, PasswordHash};
use crate::metrics::HASHING_CALLS;
use crate::{Error, HashingConfig};
use check::Check;
pub(crate) use check::PasswordCheck;
use memory::MemoryPool;

/// Maximum time in the queue. Clients give up after about as long.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Hashes passwords on threads of their own, a few at once, and refuses more than may wait.
#[derive(Debug)]
pub(crate) struct Hasher {
    cost: Params,
    /// One permit for each call that hashes or waits.
    admissions: Arc<Semaphore>,
    /// Permits of calls that hash, by the memory that they use.
    slots: Arc<Semaphore>,
    memory: Arc<MemoryPool>,
    max_wait: Duration,
    waiting: Gauge,
    running: Gauge,
}

impl Hasher {
    pub(crate) fn new(config: &HashingConfig) -> Self {
        let slots = config.max_concurrent.get();
        Self {
            cost: config.cost.clone(),
            admissions: Arc::new(Semaphore::new(slots + config.max_waiting)),
            slots: Arc::new(Semaphore::new(slots)),
            memory: MemoryPool::new(slots, config.cost.block_count()),
            max_wait: MAX_WAIT,
            waiting: gauge!(HASHING_CALLS, "state" => "waiting"),
            running: gauge!(HASHING_CALLS, "state" => "running"),
        }
    }

    /// Computes a hash to store.
    pub(crate) async fn hash(&self, password: Password) -> Result<PasswordHash, Error> {
        let job = move |cost: &Params, memory: &mut HashMemory| {
            PasswordHash::new(&password, cost, memory)
        };
        Ok(self.run(self.cost.block_count(), job).await??)
    }

    /// Compares a password with a stored hash. Without one the result is `Wrong`. Always does the same work: a new
    /// hash, and one hash of each other kind that accounts have.
    pub(crate) async fn check(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
        kinds: &[HashKind],
    ) -> Result<PasswordCheck, Error> {
        let check = Check::new(stored, kinds, &self.cost).map_err(StoreError::corrupt)?;
        let blocks = check.blocks(&self.cost);
        let job = move |cost: &Params, memory: &mut HashMemory| check.run(&password, cost, memory);
        Ok(self.run(blocks, job).await??)
    }

    async fn run<T: Send + 'static>(
        &self,
        blocks: usize,
        job: impl FnOnce(&Params, &mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let overloaded = |_| Error::Overloaded;
        let admission = Arc::clone(&self.admissions);
        let admission = admission.try_acquire_owned().map_err(overloaded)?;
        let weight = u32::try_from(self.memory.weight(blocks)).unwrap_or(u32::MAX);
        let waiting = Counted::new(&self.waiting);
        let slots = Arc::clone(&self.slots).acquire_many_owned(weight);
        let slots = timeout(self.max_wait, slots)
            .await
            .map_err(|_| Error::Overloaded)?
            .map_err(|_| Error::Overloaded)?;
        drop(waiting);
        let running = Counted::new(&self.running);
        let (cost, memory) = (self.cost.clone(), Arc::clone(&self.memory));
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, also when the caller has left.
            let _held = (admission, slots, running);
            // Returned before the permits.
            let mut memory = memory.take(blocks);
            job(&cost, &mut memory)
        });
        done.await.map_err(|panic| HashingFailed::new(panic).into())
    }
}

#[cfg(test)]
impl Hasher {
    /// The computations since the last call, when all had room in one slot each.
    pub(crate) fn take_computed(&self) -> Vec<HashKind> {
        self.memory.take_computed()
    }
}

#[cfg(test)]
mod tests;
