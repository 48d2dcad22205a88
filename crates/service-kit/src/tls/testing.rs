//! Certificates for tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tempfile::TempDir;

use super::TlsConfig;
use crate::{Clock, SystemClock};

pub(crate) const DAY: i64 = 24 * 3600;

/// A clock that is ahead of the machine's.
#[derive(Debug, Default)]
pub(crate) struct ShiftedClock(AtomicI64);

impl ShiftedClock {
    pub(crate) fn set_ahead(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let seconds = SystemClock.now().as_second() + self.0.load(Ordering::Relaxed);
        Timestamp::from_second(seconds).unwrap()
    }
}

/// A certificate authority.
#[derive(Debug, Clone)]
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Arc<Issuer<'static, KeyPair>>,
}

/// A certificate and its key, in PEM.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        Self::until(name, 365 * DAY)
    }

    /// An authority that expires so many seconds from now.
    pub(crate) fn until(name: &str, end: i64) -> Self {
        let mut params = params(vec![], -DAY, end);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Arc::new(Issuer::new(params, key));
        Self { pem, issuer }
    }

    pub(crate) fn pair(&self, name: &str) -> Pair {
        self.pair_between(name, -DAY, 90 * DAY)
    }

    /// A certificate that is valid between these numbers of seconds from now.
    pub(crate) fn pair_between(&self, name: &str, begin: i64, end: i64) -> Pair {
        let names = match name {
            "" => vec![],
            name => vec![name.to_owned()],
        };
        let key = KeyPair::generate().unwrap();
        let made = params(names, begin, end).signed_by(&key, &*self.issuer);
        Pair {
            certificate: made.unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

fn params(names: Vec<String>, begin: i64, end: i64) -> CertificateParams {
    let instant = |offset: i64| {
        let seconds = SystemClock.now().as_second() + offset;
        date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds.try_into().unwrap())
    };
    let mut params = CertificateParams::new(names).unwrap();
    (params.not_before, params.not_after) = (instant(begin), instant(end));
    params
}

/// The files of one process.
#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new(pair: &Pair, authorities: &[&Authority]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write(pair, authorities);
        folder
    }

    pub(crate) fn write(&self, pair: &Pair, authorities: &[&Authority]) {
        self.write_file("tls.crt", &pair.certificate);
        self.write_file("tls.key", &pair.key);
        self.write_authorities(authorities);
    }

    pub(crate) fn write_authorities(&self, authorities: &[&Authority]) {
        let pem: String = authorities.iter().map(|it| it.pem.as_str()).collect();
        self.write_file("ca.crt", &pem);
    }

    pub(crate) fn write_file(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        Path::new(self.0.path()).join(name)
    }

    pub(crate) fn config(&self) -> TlsConfig {
        TlsConfig {
            certificate: self.path("tls.crt"),
            key: self.path("tls.key"),
            ca: self.path("ca.crt"),
        }
    }
}
