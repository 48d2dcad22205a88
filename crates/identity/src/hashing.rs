//! Hashing passwords: the one thing here that takes long, so only so much of it at a time.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use argon2::Params;
use doorward_service_kit::with_causes;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::domain::{HashingFailed, Password, PasswordHash};
use crate::{Error, HashingConfig};

/// Whoever waits longer has given up, or tries again into the same queue.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Hashes passwords on threads of their own, a few at once, and refuses more than may wait.
#[derive(Debug)]
pub(crate) struct Hasher {
    cost: Params,
    /// Held by those who hash and those who wait for it.
    admissions: Arc<Semaphore>,
    /// Held by those who hash.
    slots: Arc<Semaphore>,
    max_wait: Duration,
}

/// What checking a password told.
#[derive(Debug)]
pub(crate) enum Verdict {
    Wrong,
    /// With a better hash, when the stored one is weaker than new ones are.
    Right(Option<PasswordHash>),
}

impl Hasher {
    pub(crate) fn new(config: &HashingConfig) -> Self {
        let slots = config.max_concurrent.get();
        Self {
            cost: config.cost.clone(),
            admissions: Arc::new(Semaphore::new(slots + config.max_waiting)),
            slots: Arc::new(Semaphore::new(slots)),
            max_wait: MAX_WAIT,
        }
    }

    /// Makes a hash to be stored.
    pub(crate) async fn hash(&self, password: Password) -> Result<PasswordHash, Error> {
        let hash = self
            .run(move |cost| PasswordHash::new(&password, cost))
            .await?;
        Ok(hash?)
    }

    /// Compares a password with a stored hash. Without one the verdict is wrong and costs as much.
    pub(crate) async fn check(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, Error> {
        let verdict = self
            .run(move |cost| check(&password, stored.as_ref(), cost))
            .await?;
        Ok(verdict?)
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Params) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let overloaded = |_| Error::Overloaded;
        let admission = Arc::clone(&self.admissions);
        let admission = admission.try_acquire_owned().map_err(overloaded)?;
        let slot = timeout(self.max_wait, Arc::clone(&self.slots).acquire_owned())
            .await
            .map_err(|_| Error::Overloaded)?
            .map_err(|_| Error::Overloaded)?;
        let cost = self.cost.clone();
        let done = tokio::task::spawn_blocking(move || {
            // Also when the caller has left: the work goes on until it is done.
            let _held = (admission, slot);
            job(&cost)
        });
        done.await.map_err(|panic| HashingFailed::new(panic).into())
    }
}

fn check(
    password: &Password,
    stored: Option<&PasswordHash>,
    cost: &Params,
) -> Result<Verdict, HashingFailed> {
    let Some(stored) = stored else {
        black_box(PasswordHash::new(password, cost)?);
        return Ok(Verdict::Wrong);
    };
    if !stored.matches(password)? {
        return Ok(Verdict::Wrong);
    }
    if !stored.is_weaker_than(cost) {
        return Ok(Verdict::Right(None));
    }
    let better_hash = PasswordHash::new(password, cost)
        .inspect_err(|error| tracing::warn!(error = with_causes(error), "no better hash was made"));
    // The password was right, whatever became of its new hash.
    Ok(Verdict::Right(better_hash.ok()))
}

#[cfg(test)]
mod tests;
