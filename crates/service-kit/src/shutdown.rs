//! Stopping without dropping anybody.

use tokio_util::sync::CancellationToken;

use crate::telemetry::flush as flush_log;

/// Cancelled when the process shall stop; long streams end with it.
pub type Shutdown = CancellationToken;

/// A token that is cancelled by SIGTERM or SIGINT. A second signal ends the process at once.
#[must_use]
pub fn on_signal() -> Shutdown {
    let shutdown = Shutdown::new();
    let token = shutdown.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        token.cancel();
        tracing::info!("stopping: finishing what is in flight");
        wait_for_signal().await;
        tracing::warn!("second signal: stopping at once");
        flush_log();
        std::process::exit(1);
    });
    shutdown
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!("signals cannot be received; only SIGKILL will stop this process");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
