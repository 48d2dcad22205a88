//! The public keys, cached: they are served during an outage of all other services.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use doorward_service_kit::Shutdown;
use tonic::Status;

use super::{BackendError, PublicKey, TokenSigning};

/// The interval of reading the keys. A revoked key must disappear everywhere within ten seconds.
const REFRESH: Duration = Duration::from_secs(5);
/// The interval until the first keys are there, without which nothing works.
const FIRST_TRY: Duration = Duration::from_millis(100);

#[derive(Debug, Clone)]
pub(crate) struct Jwks {
    token_signing: TokenSigning,
    keys: Arc<RwLock<Arc<[PublicKey]>>>,
}

impl Jwks {
    pub(super) fn start(token_signing: TokenSigning, shutdown: Shutdown) -> Self {
        let jwks = Self {
            token_signing,
            keys: Arc::default(),
        };
        let refreshed = jwks.clone();
        tokio::spawn(shutdown.run_until_cancelled_owned(async move {
            loop {
                // An error is logged where it occurs; the cached keys stay.
                let _ = refreshed.refresh().await;
                let known = !refreshed.known().is_empty();
                tokio::time::sleep(if known { REFRESH } else { FIRST_TRY }).await;
            }
        }));
        jwks
    }

    /// The keys. A request that comes before them asks `token-signing` itself. *Cannot tell* without any key, because
    /// then no token can be verified.
    pub(crate) async fn keys(&self) -> Result<Arc<[PublicKey]>, BackendError> {
        if self.known().is_empty() {
            self.refresh().await?;
        }
        let keys = self.known();
        if keys.is_empty() {
            let status = Status::unavailable("token-signing has no keys yet");
            return Err(BackendError::new("token-signing", status));
        }
        Ok(keys)
    }

    async fn refresh(&self) -> Result<(), BackendError> {
        let keys = self.token_signing.keys().await?.into();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    fn known(&self) -> Arc<[PublicKey]> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}
