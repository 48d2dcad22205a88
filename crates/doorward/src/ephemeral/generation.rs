//! The servers between two resets.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use doorward_authorize_frontend::Router;
use doorward_service_kit::Shutdown;
use doorward_service_kit::sql::close_all;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, spawn_blocking};
use tower::ServiceExt;

use super::Seed;
use crate::data_folder::DataFolder;
use crate::error::Error;

/// Its tasks have this long to end before their files go away.
const FAREWELL: Duration = Duration::from_millis(100);

/// One server over its own folder. It ends, and the folder goes away, with its last request.
#[derive(Debug)]
pub(super) struct Generation {
    pub(super) app: Router,
    pub(super) stop: Stop,
    /// Always there, except in the last moment.
    pub(super) folder: Option<DataFolder>,
}

/// Stops the parts of a server.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop {
    pub(super) frontend: Shutdown,
    /// The services after the frontend, which would report their end as a fault.
    pub(super) services: Shutdown,
}

impl Drop for Generation {
    fn drop(&mut self) {
        let (stop, folder) = (self.stop.clone(), self.folder.take());
        stop.frontend.cancel();
        let end = async move {
            tokio::time::sleep(FAREWELL).await;
            stop.services.cancel();
            drop(folder);
        };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(end);
        }
    }
}

/// The current generation, and the seed of later ones. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Generations(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    seed: Arc<Seed>,
    current: RwLock<Arc<Generation>>,
    /// Started ahead of time, so that a reset does not wait for it. Resets come one after the other.
    next: Mutex<JoinHandle<Result<Generation, Error>>>,
}

impl Generations {
    /// Starts the first one.
    pub(super) async fn start(seed: Seed) -> Result<Self, Error> {
        let seed = Arc::new(seed);
        let first = Arc::new(seed.grow().await?);
        Ok(Self(Arc::new(Shared {
            current: RwLock::new(first),
            next: Mutex::new(grow(&seed)),
            seed,
        })))
    }

    /// Goes on to the next one. Requests that begin after this see nothing of earlier ones; those in flight are
    /// finished.
    pub(crate) async fn reset(&self) -> Result<(), Error> {
        let mut next = self.0.next.lock().await;
        let grown = (&mut *next).await;
        *next = grow(&self.0.seed);
        let grown = Arc::new(grown.map_err(|panic| Error::Refused(panic.to_string()))??);
        let mut current = self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let last = std::mem::replace(&mut *current, grown);
        drop(current);
        drop(last);
        Ok(())
    }

    /// Closes the files of all of them, before their folders go away. For the last moment of a process.
    pub(super) async fn end(self) {
        let next = (&mut *self.0.next.lock().await).await;
        let stop = |generation: &Generation| {
            generation.stop.frontend.cancel();
            generation.stop.services.cancel();
        };
        stop(&self.current());
        if let Ok(Ok(next)) = &next {
            stop(next);
        }
        close_all().await;
    }

    /// Answers every request by the generation that is current when it begins.
    pub(super) fn router(&self) -> Router {
        let generations = self.clone();
        Router::new().fallback(async move |request: Request| generations.answer(request).await)
    }

    async fn answer(&self, request: Request) -> Response {
        let generation = self.current();
        let answered = generation.app.clone().oneshot(request).await;
        answered.unwrap_or_else(|never| match never {})
    }

    fn current(&self) -> Arc<Generation> {
        let current = self.0.current.read();
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }
}

/// Starts a generation on a thread of its own: it copies files, and the compiler cannot prove that sqlx's futures may
/// change threads.
fn grow(seed: &Arc<Seed>) -> JoinHandle<Result<Generation, Error>> {
    let (seed, runtime) = (Arc::clone(seed), Handle::current());
    spawn_blocking(move || runtime.block_on(seed.grow()))
}
