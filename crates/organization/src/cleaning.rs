//! Removes invitations that are not listed any more.

use std::sync::Arc;
use std::time::Duration;

use doorward_service_kit::{Clock, Shutdown, with_causes};
use jiff::Timestamp;

use crate::domain::LISTED_AFTER_EXPIRY;
use crate::store::InvitationStore;

const INTERVAL: Duration = Duration::from_hours(1);

/// Removes them. Failing to do so is only logged: the next call removes them.
async fn clean_up(invitations: &dyn InvitationStore, now: Timestamp) {
    let before = now - LISTED_AFTER_EXPIRY;
    if let Err(error) = invitations.remove_old_invitations(before, now).await {
        tracing::warn!(error = with_causes(&error), "old invitations stay");
    }
}

/// Removes them now and every hour, in a task until `shutdown`.
pub(crate) fn spawn(
    invitations: Arc<dyn InvitationStore>,
    clock: Arc<dyn Clock>,
    shutdown: Shutdown,
) {
    let cleaning = async move {
        loop {
            clean_up(&*invitations, clock.now()).await;
            tokio::time::sleep(INTERVAL).await;
        }
    };
    tokio::spawn(async move { shutdown.run_until_cancelled(cleaning).await });
}
