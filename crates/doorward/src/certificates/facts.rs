//! The names and times of an existing certificate.

use std::collections::BTreeSet;
use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::pem::Pem;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

/// The parts of a certificate that decide about its renewal. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) name: String,
    pub(super) issuer: String,
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    pub(super) hosts: BTreeSet<String>,
    pub(super) public_key: Vec<u8>,
}

impl Facts {
    /// `None` for anything but a certificate.
    pub(super) fn of(der: &[u8]) -> Option<Self> {
        let (_, certificate) = parse_x509_certificate(der).ok()?;
        let validity = certificate.validity();
        Some(Self {
            name: common_name(certificate.subject()),
            issuer: common_name(certificate.issuer()),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            hosts: hosts(&certificate),
            public_key: certificate.public_key().subject_public_key.data.to_vec(),
        })
    }

    /// The first certificate of a PEM file; `None` for anything else.
    pub(super) fn of_pem(text: &str) -> Option<Self> {
        let pem = Pem::iter_from_buffer(text.as_bytes()).next()?.ok()?;
        Self::of(&pem.contents)
    }
}

fn common_name(name: &X509Name<'_>) -> String {
    let mut names = name.iter_common_name();
    let name = names.next().and_then(|name| name.as_str().ok());
    name.unwrap_or_default().to_owned()
}

fn hosts(certificate: &X509Certificate<'_>) -> BTreeSet<String> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|extension| extension.value.general_names.iter());
    names.into_iter().flatten().filter_map(host).collect()
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

/// The day of a time, for people.
pub(super) fn day(seconds: i64) -> String {
    ASN1Time::from_timestamp(seconds).map_or_else(
        |_| seconds.to_string(),
        |time| time.to_datetime().date().to_string(),
    )
}
