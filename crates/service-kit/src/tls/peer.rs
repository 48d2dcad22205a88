//! The other end of a connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{CertificateError, Error};

use super::identity::{Identity, unix_time};
use super::{Tls, certificate};

/// Certificates are verified again after at most this time, whatever the clock of the machine did meanwhile.
const AT_MOST: Duration = Duration::from_mins(1);
const AT_LEAST: Duration = Duration::from_secs(1);

/// A client whose certificate was accepted. Clones share it.
#[derive(Clone)]
pub(crate) struct Peer(Arc<Inner>);

struct Inner {
    names: Vec<String>,
    chain: Vec<CertificateDer<'static>>,
    /// The first expiry in the chain.
    end: Timestamp,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Peer").field(&self.0.names).finish()
    }
}

impl Peer {
    /// From the certificates that a handshake has accepted.
    pub(crate) fn new(chain: &[CertificateDer<'_>]) -> Result<Self, Error> {
        let bad = |_| Error::from(CertificateError::BadEncoding);
        let first = chain.first().ok_or(Error::NoCertificatesPresented)?;
        let ends = chain.iter().map(|it| Ok(certificate::validity(it)?.end));
        let ends: Result<Vec<_>, _> = ends.collect();
        let end = ends.map_err(bad)?.into_iter().min();
        Ok(Self(Arc::new(Inner {
            names: certificate::names(first).map_err(bad)?,
            chain: chain.iter().map(|it| it.clone().into_owned()).collect(),
            end: end.unwrap_or(Timestamp::MIN),
        })))
    }

    /// The DNS names in the certificate.
    pub(crate) fn names(&self) -> &[String] {
        &self.0.names
    }

    fn is_accepted(&self, identity: &Identity, now: Timestamp) -> bool {
        let (Some((first, others)), Some(now)) = (self.0.chain.split_first(), unix_time(now))
        else {
            return false;
        };
        let anchors = &identity.anchors;
        anchors.verify_client_cert(first, others, now).is_ok()
    }
}

impl Tls {
    /// Ends once the certificate of a client is no longer accepted: it has expired, or its authority has expired or was
    /// dropped.
    pub(crate) async fn until_refused(self, peer: Peer) {
        let Self {
            mut identity,
            clock,
            ..
        } = self;
        loop {
            let current = Arc::clone(&identity.borrow_and_update());
            let now = clock.now();
            if !peer.is_accepted(&current, now) {
                return;
            }
            let ends = [Some(peer.0.end), current.anchors.next_end(now)];
            let next = ends.into_iter().flatten().min().unwrap_or(now);
            let pause = Duration::try_from(next.duration_since(now)).unwrap_or_default();
            tokio::select! {
                // The reader of the files lives as long as there are receivers.
                Ok(()) = identity.changed() => {}
                () = sleep((pause + AT_LEAST).min(AT_MOST)) => {}
            }
        }
    }
}
