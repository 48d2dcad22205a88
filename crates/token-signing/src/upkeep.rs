//! The scheduled rotation, and the removal of keys whose tokens have all expired or which sign no more.

use std::time::Duration;

use doorward_service_kit::{Shutdown, with_causes};
use tokio::time::sleep;

use crate::KeyKeeper;

const INTERVAL: Duration = Duration::from_mins(1);

/// Looks after the keys every minute, in a task until `shutdown`.
pub(crate) fn spawn(keeper: KeyKeeper, shutdown: Shutdown) {
    tokio::spawn(shutdown.run_until_cancelled_owned(async move {
        loop {
            for result in [
                keeper.rotate_if_due().await,
                keeper.remove_expired().await,
                keeper.destroy_unused().await,
            ] {
                if let Err(error) = result {
                    let error = with_causes(&error);
                    tracing::warn!(error, "the signing keys wait for their upkeep");
                }
            }
            sleep(INTERVAL).await;
        }
    }));
}
