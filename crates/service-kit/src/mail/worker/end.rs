//! The end of a process waits for the mail that is on its way, so that it is not sent again by the next one.

use std::time::Duration;

use tokio::sync::{RwLock, RwLockReadGuard};
use tokio::time::timeout;

use crate::Shutdown;

/// Longest wait. A mail that takes longer may be sent again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Held for reading by each worker of this process while it sends and records a mail.
static SENDING: RwLock<()> = RwLock::const_new(());

/// Waits for the mails that are on their way. Call it before the databases are closed.
pub async fn finish() {
    if timeout(PATIENCE, SENDING.write()).await.is_err() {
        tracing::warn!("a mail was on its way for too long, and may be sent again");
    }
}

/// Begins to send, unless the worker is to stop.
pub(super) async fn begin(shutdown: &Shutdown) -> Option<RwLockReadGuard<'static, ()>> {
    let sending = SENDING.read().await;
    (!shutdown.is_cancelled()).then_some(sending)
}
