//! The public keys, from memory: with every other part dead they are still answered.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use doorward_proto::token_signing::v1::JsonWebKey;
use doorward_service_kit::Shutdown;
use tonic::Status;

use super::{BackendError, TokenSigning};

/// A revoked key must be gone everywhere within ten seconds.
const REFRESH: Duration = Duration::from_secs(5);
/// While there are no keys yet, nothing works.
const FIRST_TRY: Duration = Duration::from_millis(100);

#[derive(Debug, Clone)]
pub(crate) struct Jwks {
    keys: Arc<RwLock<Arc<[JsonWebKey]>>>,
}

impl Jwks {
    pub(super) fn start(token_signing: TokenSigning, shutdown: Shutdown) -> Self {
        let jwks = Self {
            keys: Arc::default(),
        };
        let refreshed = jwks.clone();
        tokio::spawn(shutdown.run_until_cancelled_owned(async move {
            loop {
                // An error is logged where it occurs; the keys that are known stay.
                if let Ok(keys) = token_signing.keys().await {
                    refreshed.put(keys);
                }
                let known = !refreshed.known().is_empty();
                tokio::time::sleep(if known { REFRESH } else { FIRST_TRY }).await;
            }
        }));
        jwks
    }

    fn put(&self, keys: Vec<JsonWebKey>) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
    }

    /// The keys. Before `token-signing` has first answered, no token can be told from a forged one.
    pub(crate) fn keys(&self) -> Result<Arc<[JsonWebKey]>, BackendError> {
        let keys = self.known();
        if keys.is_empty() {
            let status = Status::unavailable("the keys are not known yet");
            return Err(BackendError::new("token-signing", status));
        }
        Ok(keys)
    }

    fn known(&self) -> Arc<[JsonWebKey]> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}
