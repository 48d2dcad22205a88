//! The accepted certificate authorities.

use std::sync::Arc;

use jiff::Timestamp;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
};

use super::certificate::Validity;

/// Verifies the certificates of peers. An authority that has expired counts as absent: webpki does not look at the
/// times of a trust anchor.
#[derive(Debug)]
pub(super) struct Anchors {
    anchors: Vec<Anchor>,
    provider: Arc<CryptoProvider>,
}

#[derive(Debug)]
struct Anchor {
    validity: Validity,
    clients: Arc<dyn ClientCertVerifier>,
    servers: Arc<WebPkiServerVerifier>,
}

impl Anchors {
    /// Fails for a certificate that cannot be an authority.
    pub(super) fn new(
        authorities: &[(CertificateDer<'static>, Validity)],
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let anchors = authorities
            .iter()
            .map(|(certificate, validity)| Anchor::new(certificate, *validity, provider));
        Ok(Self {
            anchors: anchors.collect::<Result<_, _>>()?,
            provider: Arc::clone(provider),
        })
    }

    /// The next instant at which an authority expires.
    pub(super) fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.anchors.iter().map(|anchor| anchor.validity.end);
        ends.filter(|end| *end >= now).min()
    }

    fn first_success<T>(
        &self,
        now: UnixTime,
        verify: impl Fn(&Anchor) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = timestamp(now)?;
        let mut refusal = Error::from(CertificateError::UnknownIssuer);
        for anchor in self.anchors.iter().filter(|it| it.validity.contains(now)) {
            match verify(anchor) {
                // Says more than that it is not of this authority.
                Err(error) if error != CertificateError::UnknownIssuer.into() => refusal = error,
                Err(_) => {}
                verified => return verified,
            }
        }
        Err(refusal)
    }
}

fn timestamp(now: UnixTime) -> Result<Timestamp, Error> {
    let seconds = i64::try_from(now.as_secs()).ok();
    let now = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    now.ok_or(Error::FailedToGetCurrentTime)
}

impl Anchor {
    fn new(
        certificate: &CertificateDer<'static>,
        validity: Validity,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone())?;
        let roots = Arc::new(roots);
        let unusable = |error| Error::General(format!("{error}"));
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(provider));
        let servers = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider));
        Ok(Self {
            validity,
            clients: clients.build().map_err(unusable)?,
            servers: servers.build().map_err(unusable)?,
        })
    }
}

impl ClientCertVerifier for Anchors {
    /// None: a peer has one certificate, and others need not learn which authorities there are.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        // mutant: client-certificates-not-verified
        self.first_success(now, |anchor| {
            let clients = &anchor.clients;
            clients.verify_client_cert(end_entity, intermediates, now)
        })
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.2 is not used".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

impl ServerCertVerifier for Anchors {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // mutant: server-names-not-compared
        self.first_success(now, |anchor| {
            let servers = &anchor.servers;
            servers.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ClientCertVerifier::verify_tls12_signature(self, message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ClientCertVerifier::verify_tls13_signature(self, message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ClientCertVerifier::supported_verify_schemes(self)
    }
}
