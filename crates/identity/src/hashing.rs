//! Hashing passwords: the one thing here that takes long and needs much memory, so only so much of it at a time.

mod check;
mod memory;

use std::sync::Arc;
use std::time::Duration;

use argon2::Params;
use doorward_service_kit::StoreError;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::domain::{HashKind, HashMemory, HashingFailed, Password, PasswordHash};
use crate::{Error, HashingConfig};
use check::Check;
pub(crate) use check::Verdict;
use memory::MemoryPool;

/// Whoever waits longer has given up, or tries again into the same queue.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Hashes passwords on threads of their own, a few at once, and refuses more than may wait.
#[derive(Debug)]
pub(crate) struct Hasher {
    cost: Params,
    /// Held by those who hash and those who wait for it.
    admissions: Arc<Semaphore>,
    /// Held by those who hash, as many as their memory weighs.
    slots: Arc<Semaphore>,
    memory: Arc<MemoryPool>,
    max_wait: Duration,
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
        }
    }

    /// Makes a hash to be stored.
    pub(crate) async fn hash(&self, password: Password) -> Result<PasswordHash, Error> {
        let job = move |cost: &Params, memory: &mut HashMemory| {
            PasswordHash::new(&password, cost, memory)
        };
        Ok(self.run(self.cost.block_count(), job).await??)
    }

    /// Compares a password with a stored hash; without one the verdict is wrong. Does the same work in any case: that of
    /// a new hash, and of one hash of each of the other kinds that accounts have.
    pub(crate) async fn check(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
        kinds: &[HashKind],
    ) -> Result<Verdict, Error> {
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
        let slots = Arc::clone(&self.slots).acquire_many_owned(weight);
        let slots = timeout(self.max_wait, slots)
            .await
            .map_err(|_| Error::Overloaded)?
            .map_err(|_| Error::Overloaded)?;
        let (cost, memory) = (self.cost.clone(), Arc::clone(&self.memory));
        let done = tokio::task::spawn_blocking(move || {
            // Also when the caller has left: the work goes on until it is done.
            let _held = (admission, slots);
            // Goes back before the permits do.
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
