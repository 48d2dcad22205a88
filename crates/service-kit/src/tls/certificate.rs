//! The names and times of a certificate. Its signature is not looked at here.

use jiff::Timestamp;
use tokio_rustls::rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

/// The bytes are no X.509 certificate.
#[derive(Debug, thiserror::Error)]
#[error("is not an X.509 certificate")]
pub(super) struct Unreadable;

/// From when until when a certificate is valid; both instants are within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) begin: Timestamp,
    pub(super) end: Timestamp,
}

impl Validity {
    pub(super) fn contains(self, now: Timestamp) -> bool {
        // A second is valid until its end.
        self.begin <= now && now.as_second() <= self.end.as_second()
    }
}

pub(super) fn validity(certificate: &CertificateDer<'_>) -> Result<Validity, Unreadable> {
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| Unreadable)?;
    let instant = |seconds| Timestamp::from_second(seconds).map_err(|_| Unreadable);
    Ok(Validity {
        begin: instant(parsed.validity().not_before.timestamp())?,
        end: instant(parsed.validity().not_after.timestamp())?,
    })
}

/// The DNS names among the subject alternative names. The common name of the subject is no name of a peer.
pub(super) fn names(certificate: &CertificateDer<'_>) -> Result<Vec<String>, Unreadable> {
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| Unreadable)?;
    let alternatives = parsed.subject_alternative_name().map_err(|_| Unreadable)?;
    let names = alternatives
        .iter()
        .flat_map(|names| &names.value.general_names);
    let names = names.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    Ok(names.collect())
}
