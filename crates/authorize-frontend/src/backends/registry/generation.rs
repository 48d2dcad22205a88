//! Decides when the cache of the registry is outdated.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use doorward_proto::client_registry::v1::WatchRequest;
use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::Channel;
use metrics::gauge;
use tonic::Status;

use crate::metrics::REGISTRY_REVISION;

/// How long the cache is used during an outage of the registry.
const SERVED_STALE: Duration = Duration::from_mins(10);
/// The longest pause between messages; the registry sends a heartbeat every second.
const SILENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Debug, Clone)]
pub(super) struct Generation {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    number: AtomicU64,
    last_message: Mutex<Instant>,
}

impl Generation {
    /// Follows the registry's watch until `shutdown`.
    pub(super) fn watch(service: ClientRegistryServiceClient<Channel>, shutdown: Shutdown) -> Self {
        let generation = Self::new();
        let followed = generation.clone();
        tokio::spawn(shutdown.run_until_cancelled_owned(async move {
            let mut revision = None;
            loop {
                if let Err(status) = followed.follow(service.clone(), &mut revision).await {
                    tracing::warn!(%status, "client-registry watch failed, retrying");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }));
        generation
    }

    fn new() -> Self {
        let shared = Shared {
            number: AtomicU64::new(0),
            last_message: Mutex::new(Instant::now()),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    async fn follow(
        &self,
        mut service: ClientRegistryServiceClient<Channel>,
        revision: &mut Option<u64>,
    ) -> Result<(), Status> {
        let mut signs = service.watch(WatchRequest {}).await?.into_inner();
        loop {
            let silent = |_| Status::deadline_exceeded("no heartbeat");
            let sign = tokio::time::timeout(SILENCE, signs.message())
                .await
                .map_err(silent)??;
            let Some(sign) = sign else { return Ok(()) };
            self.observe(sign.revision, revision);
        }
    }

    /// Starts a new generation if the revision differs from the last one.
    fn observe(&self, revision: u64, last: &mut Option<u64>) {
        if last.replace(revision) != Some(revision) {
            self.shared.number.fetch_add(1, Ordering::Release);
            #[expect(clippy::cast_precision_loss, reason = "no registry changes 2^53 times")]
            gauge!(REGISTRY_REVISION).set(revision as f64);
        }
        *self
            .shared
            .last_message
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// The current generation; `None` if the last message of the registry is too old.
    pub(super) fn current(&self) -> Option<u64> {
        let last_message = *self
            .shared
            .last_message
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        (last_message.elapsed() < SERVED_STALE).then(|| self.shared.number.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_revision_starts_a_generation() {
        let generation = Generation::new();
        let mut last = None;
        let mut numbers = Vec::new();
        for revision in [7, 7, 8, 8, 7] {
            generation.observe(revision, &mut last);
            numbers.push(generation.current().unwrap());
        }
        assert_eq!(numbers, [1, 1, 2, 2, 3]);
    }
}
