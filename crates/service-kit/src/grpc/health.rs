//! `grpc.health.v1`: whether the process runs (the empty name), and whether its service can answer (the service's
//! name).

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::Shutdown;

/// Between two looks at the store.
const PERIOD: Duration = Duration::from_secs(1);
/// A store that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// One late answer of a busy store is no outage.
const FAILURES: u32 = 2;

/// A store that can be asked whether it answers.
pub trait StoreHealth: Send + Sync + 'static {
    /// Whether a call now would get an answer. Asked every second; must be cheap.
    fn answers(&self) -> impl Future<Output = bool> + Send;
}

impl<S: StoreHealth> StoreHealth for Arc<S> {
    fn answers(&self) -> impl Future<Output = bool> + Send {
        S::answers(self)
    }
}

/// A service that needs no store to answer.
#[derive(Debug, Clone, Copy)]
pub struct NoStore;

impl StoreHealth for NoStore {
    async fn answers(&self) -> bool {
        true
    }
}

/// Reports the state of the store as that of `service`, until `shutdown`; then that nothing is served.
pub(super) async fn report(
    mut health: HealthReporter,
    service: &'static str,
    store: impl StoreHealth,
    shutdown: Shutdown,
) {
    shutdown
        .run_until_cancelled(follow(&mut health, service, &store))
        .await;
    for name in ["", service] {
        set(&mut health, name, false).await;
        // Ends the streams of those who watch, once they have heard it: draining must not wait for them.
        health.clear_service_status(name).await;
    }
}

async fn follow(health: &mut HealthReporter, service: &str, store: &impl StoreHealth) {
    let mut is_serving = false;
    let mut failures = FAILURES;
    set(health, service, is_serving).await;
    loop {
        let answers = timeout(PATIENCE, store.answers()).await.unwrap_or(false);
        failures = if answers {
            0
        } else {
            failures.saturating_add(1)
        };
        if is_serving != (failures < FAILURES) {
            is_serving = !is_serving;
            log(service, is_serving);
            set(health, service, is_serving).await;
        }
        sleep(PERIOD).await;
    }
}

async fn set(health: &mut HealthReporter, name: &str, is_serving: bool) {
    let status = if is_serving {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    };
    health.set_service_status(name, status).await;
}

fn log(service: &str, is_serving: bool) {
    if is_serving {
        tracing::info!(service, "the store answers: health is SERVING");
    } else {
        tracing::warn!(service, "the store does not answer: health is NOT_SERVING");
    }
}
