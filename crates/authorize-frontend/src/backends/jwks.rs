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
    keys: Arc<RwLock<Arc<[PublicKey]>>>,
}

impl Jwks {
    pub(super) fn start(token_signing: TokenSigning, shutdown: Shutdown) -> Self {
        let jwks = Self {
            keys: Arc::default(),
        };
        let refreshed = jwks.clone();
        tokio::spawn(shutdown.run_until_cancelled_owned(async move {
            loop {
                // An error is logged where it occurs; the cached keys stay.
                if let Ok(keys) = token_signing.keys().await {
                    refreshed.put(keys);
                }
                let known = !refreshed.known().is_empty();
                tokio::time::sleep(if known { REFRESH } else { FIRST_TRY }).await;
            }
        }));
        jwks
    }

    fn put(&self, keys: Vec<PublicKey>) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
    }

    /// The keys; *cannot tell* before the first response of `token-signing`, because no token can be verified without
    /// keys.
    pub(crate) fn keys(&self) -> Result<Arc<[PublicKey]>, BackendError> {
        let keys = self.known();
        if keys.is_empty() {
            let status = Status::unavailable("the keys are not known yet");
            return Err(BackendError::new("token-signing", status));
        }
        Ok(keys)
    }

    fn known(&self) -> Arc<[PublicKey]> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}
