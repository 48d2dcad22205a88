//! The allowed origins of all applications, parsed once for each revision: any page can ask for any origin.

use std::sync::{Arc, Mutex, PoisonError};

use doorward_service_kit::StoreError;
use sqlx::AnyPool;

use super::{client, revision};
use crate::domain::AllowedOrigins;

/// The origins of the newest revision that was asked for.
#[derive(Debug, Default)]
pub(super) struct OriginCache(Mutex<Option<(u64, Arc<AllowedOrigins>)>>);

impl OriginCache {
    /// The origins of the stored revision.
    pub(super) async fn get(&self, pool: &AnyPool) -> Result<Arc<AllowedOrigins>, StoreError> {
        // Read before the content: a change between the two raises the revision, and is read by the next call.
        let revision = revision::get(pool).await?;
        if let Some(origins) = self.of(revision) {
            return Ok(origins);
        }
        let origins = Arc::new(client::allowed_origins(pool).await?);
        self.put(revision, &origins);
        Ok(origins)
    }

    fn of(&self, revision: u64) -> Option<Arc<AllowedOrigins>> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, origins) = cached.as_ref()?;
        (*of == revision).then(|| Arc::clone(origins))
    }

    fn put(&self, revision: u64, origins: &Arc<AllowedOrigins>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *cached = Some((revision, Arc::clone(origins)));
    }
}
