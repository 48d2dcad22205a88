//! Stopping without dropping anybody.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels a [`Shutdown`] when it is dropped.
pub use tokio_util::sync::DropGuard;

use crate::telemetry::flush as flush_log;

/// Cancelled when the process shall stop; long streams end with it.
pub type Shutdown = CancellationToken;

/// A token that is cancelled by SIGTERM or SIGINT, from now on. A second signal ends the process at once.
///
/// # Panics
/// Outside of a tokio runtime.
#[must_use]
pub fn on_signal() -> Shutdown {
    let shutdown = Shutdown::new();
    match Signals::listen() {
        Ok(signals) => drop(tokio::spawn(stop(signals, shutdown.clone()))),
        Err(error) => {
            tracing::error!(%error, "signals cannot be received; only SIGKILL will stop this process");
        }
    }
    shutdown
}

async fn stop(mut signals: Signals, shutdown: Shutdown) {
    signals.next().await;
    shutdown.cancel();
    tracing::info!("stopping: finishing what is in flight");
    signals.next().await;
    tracing::warn!("second signal: stopping at once");
    flush_log();
    std::process::exit(1);
}

/// The signals that ask a process to stop.
#[derive(Debug)]
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
