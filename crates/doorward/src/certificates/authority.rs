//! The certificate authority: its own certificate, and those that it issues.

use doorward_service_kit::alphanumeric;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use x509_parser::time::ASN1Time;

use super::facts::{Facts, day};
use crate::error::Error;

const DAY: i64 = 24 * 60 * 60;
const AUTHORITY_DAYS: i64 = 3652;
/// The time from which a CA is to be replaced.
const AUTHORITY_WARNING: i64 = 365 * DAY;
/// For machines whose clock is behind ours.
const SKEW: i64 = 60 * 60;

/// A CA that issues.
#[derive(Debug)]
pub(super) struct Authority {
    facts: Facts,
    key: KeyPair,
}

/// A certificate and its key, as PEM.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) certificate: String,
    pub(super) key: String,
    /// The last day.
    pub(super) expires: String,
}

impl Authority {
    /// A new CA over a key, and its certificate as PEM. Two CAs never have the same name.
    pub(super) fn create(key: KeyPair, now: i64) -> Result<(Self, String), Error> {
        let name = format!("Doorward CA {}", alphanumeric(8));
        let mut params = params(&name, now, now + AUTHORITY_DAYS * DAY)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(unmade)?;
        let facts = Facts::of(certificate.der())
            .ok_or_else(|| Error::Refused("the new CA cannot be read".to_owned()))?;
        Ok((Self { facts, key }, certificate.pem()))
    }

    /// The CA with that certificate and that key, which belong together.
    pub(super) fn new(facts: Facts, key: KeyPair) -> Self {
        Self { facts, key }
    }

    pub(super) fn name(&self) -> &str {
        &self.facts.name
    }

    /// Refuses an expired CA; returns a warning about one that should be replaced.
    pub(super) fn check(&self, now: i64) -> Result<Option<String>, Error> {
        let expires = self.facts.not_after;
        let (name, day) = (self.name(), day(expires));
        if expires <= now {
            return Err(Error::Refused(format!(
                "{name} expired on {day}; replace it with --new-ca, then --renew"
            )));
        }
        let left = expires - now;
        Ok((left < AUTHORITY_WARNING).then(|| format!("{name} expires on {day}; replace it")))
    }

    /// Issues a certificate for servers and clients, for host names and addresses.
    pub(super) fn issue(&self, hosts: &[String], days: u16, now: i64) -> Result<Issued, Error> {
        let key = KeyPair::generate().map_err(unmade)?;
        let not_after = (now + i64::from(days) * DAY).min(self.facts.not_after);
        let name = hosts.first().map_or("", String::as_str);
        let mut params = params(name, now, not_after)?;
        params.subject_alt_names = CertificateParams::new(hosts)
            .map_err(unmade)?
            .subject_alt_names;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        let mut issuer = CertificateParams::default();
        issuer.distinguished_name = common_name(self.name());
        let issuer = Issuer::new(issuer, &self.key);
        let certificate = params.signed_by(&key, &issuer).map_err(unmade)?;
        Ok(Issued {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            expires: day(not_after),
        })
    }
}

fn params(name: &str, now: i64, not_after: i64) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(name);
    let time = |seconds| {
        let time = ASN1Time::from_timestamp(seconds).map(|time| time.to_datetime());
        time.map_err(|_| Error::Refused("the clock of this machine is wrong".to_owned()))
    };
    params.not_before = time(now - SKEW)?;
    params.not_after = time(not_after)?;
    Ok(params)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished_name = DistinguishedName::new();
    distinguished_name.push(DnType::CommonName, name);
    distinguished_name
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn unmade(error: rcgen::Error) -> Error {
    Error::Refused(format!("a certificate cannot be made: {error}"))
}
