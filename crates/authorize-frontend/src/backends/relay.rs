//! Changed users, from `identity`'s outbox to the copies that `session` keeps.
//!
//! Every frontend relays; doing it twice does no harm, for an older version never replaces a newer one.

use std::time::Duration;

use doorward_service_kit::Shutdown;
use tonic::Status;

use super::{BackendError, Identity, Sessions};

const PAUSE: Duration = Duration::from_millis(500);
/// `identity` sends a sign of life every second.
const SILENCE: Duration = Duration::from_secs(5);

pub(super) fn start(identity: Identity, sessions: Sessions, shutdown: Shutdown) {
    tokio::spawn(shutdown.run_until_cancelled_owned(async move {
        loop {
            if let Err(error) = relay(&identity, &sessions).await {
                tracing::warn!(%error, "changed users are not relayed for now");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }));
}

/// Relays until something breaks.
async fn relay(identity: &Identity, sessions: &Sessions) -> Result<(), BackendError> {
    let lost = |status| BackendError::new("identity", status);
    let position = sessions.user_relay_position().await?;
    let mut changes = identity.watch_users(position).await.map_err(lost)?;
    loop {
        let silent = |_| lost(Status::deadline_exceeded("no sign of life"));
        let message = tokio::time::timeout(SILENCE, changes.message())
            .await
            .map_err(silent)?;
        match message.map_err(lost)? {
            Some(change) if change.users.is_empty() => {}
            Some(change) => {
                sessions
                    .put_users(change.users, Some(change.position))
                    .await?;
            }
            None => return Ok(()),
        }
    }
}
