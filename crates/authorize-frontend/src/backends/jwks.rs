//! The public keys, cached: they are served during an outage of all other services. They come by a stream at each
//! change, and by polling in case the stream is silent.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::Shutdown;
use tonic::Status;

use super::{BackendError, PublicKey, PublicKeys, TokenSigning};

/// The interval of reading the keys. A revoked key must disappear everywhere within ten seconds.
const REFRESH: Duration = Duration::from_secs(5);
/// The interval until the first keys are there, without which nothing works.
const FIRST_TRY: Duration = Duration::from_millis(100);
/// The pause before a new stream.
const PAUSE: Duration = Duration::from_millis(500);
/// How long an older revision is ignored after the last response with the newer one. A replica that has lost its
/// database gives the old keys; a database that was restored from a backup does so for good.
const NEWER_IS_KEPT: Duration = Duration::from_mins(1);

#[derive(Debug, Clone)]
pub(crate) struct Jwks {
    token_signing: TokenSigning,
    known: Arc<RwLock<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    revision: u64,
    keys: Arc<[PublicKey]>,
    seen_at: Option<Instant>,
}

impl Known {
    /// Keeps the newer keys.
    fn merge(&mut self, received: PublicKeys, now: Instant) {
        let is_older = received.revision < self.revision;
        let is_recent = |at: Instant| now.saturating_duration_since(at) < NEWER_IS_KEPT;
        if is_older && self.seen_at.is_some_and(is_recent) {
            return;
        }
        *self = Self {
            revision: received.revision,
            keys: received.keys.into(),
            seen_at: Some(now),
        };
    }
}

impl Jwks {
    pub(super) fn start(token_signing: TokenSigning, shutdown: Shutdown) -> Self {
        let jwks = Self {
            token_signing,
            known: Arc::default(),
        };
        let (polled, followed) = (jwks.clone(), jwks.clone());
        tokio::spawn(shutdown.clone().run_until_cancelled_owned(async move {
            loop {
                // An error is logged where it occurs; the cached keys stay.
                let _ = polled.refresh().await;
                let known = !polled.known().is_empty();
                tokio::time::sleep(if known { REFRESH } else { FIRST_TRY }).await;
            }
        }));
        tokio::spawn(shutdown.run_until_cancelled_owned(async move {
            loop {
                if let Err(status) = followed.follow().await {
                    tracing::warn!(%status, "token-signing watch failed, retrying");
                }
                tokio::time::sleep(PAUSE).await;
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
            return Err(unavailable("token-signing has no keys yet"));
        }
        Ok(keys)
    }

    /// The algorithms of the keys that sign at present. RS256 is always one, also before the first keys are there.
    pub(crate) fn algs(&self) -> Vec<SigningAlg> {
        let mut algs = vec![SigningAlg::default()];
        let known = self.known();
        let current = known.iter().filter(|key| key.is_current);
        algs.extend(current.map(|key| key.alg));
        algs.sort_unstable();
        algs.dedup();
        algs
    }

    /// Returns once this process publishes a key that has just signed, so that no token leaves before verifiers can
    /// check it. *Cannot tell* for a key that is not published: `token-signing` has signed with a revoked one.
    pub(crate) async fn require(&self, kid: &str) -> Result<(), BackendError> {
        let is_known = || self.known().iter().any(|key| key.kid == kid);
        if !is_known() {
            self.refresh().await?;
        }
        if is_known() {
            return Ok(());
        }
        tracing::error!(
            kid,
            "token-signing has signed with a key that is not published"
        );
        Err(unavailable("the signing key is not published"))
    }

    async fn refresh(&self) -> Result<(), BackendError> {
        let received = self.token_signing.keys().await?;
        self.merge(received);
        Ok(())
    }

    async fn follow(&self) -> Result<(), Status> {
        let mut stream = self.token_signing.watch_keys().await?;
        while let Some(message) = stream.message().await? {
            self.merge(message.into());
        }
        Ok(())
    }

    fn merge(&self, received: PublicKeys) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.merge(received, Instant::now());
    }

    fn known(&self) -> Arc<[PublicKey]> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known.keys)
    }
}

fn unavailable(problem: &'static str) -> BackendError {
    BackendError::new("token-signing", Status::unavailable(problem))
}

#[cfg(test)]
mod tests {
    use super::super::PublicHalf;
    use super::*;

    fn keys(revision: u64) -> PublicKeys {
        let key = PublicKey {
            kid: format!("key {revision}"),
            alg: SigningAlg::Rs256,
            is_current: true,
            half: PublicHalf::Ed25519 { x: String::new() },
            certificate: None,
        };
        PublicKeys {
            revision,
            keys: vec![key],
        }
    }

    /// Seconds, the revision received, and the revision that is known then.
    #[test]
    fn an_older_revision_counts_only_when_it_lasts() {
        let begin = Instant::now();
        let mut known = Known::default();
        for (at, received, expected) in [
            (0, 3, 3),
            (1, 3, 3),
            (2, 2, 3),
            (50, 4, 4),
            (109, 2, 4),
            (110, 2, 2),
            (111, 3, 3),
        ] {
            known.merge(keys(received), begin + Duration::from_secs(at));
            assert_eq!(known.revision, expected, "after {at} s");
            assert_eq!(known.keys[0].kid, format!("key {expected}"));
        }
    }
}
