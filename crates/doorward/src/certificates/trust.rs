//! The CAs of the folder: the one that issues, and the other one while a CA is replaced.

use rcgen::KeyPair;

use super::authority::{Authority, unmade};
use super::facts::Facts;
use super::files::{Access, Files};
use crate::error::Error;

pub(super) const CERTIFICATES: &str = "ca.crt";
pub(super) const KEY: &str = "ca.key";
pub(super) const NEXT_KEY: &str = "next-ca.key";

const END: &str = "-----END CERTIFICATE-----";

/// The CAs that are trusted.
#[derive(Debug)]
pub(super) struct Trust {
    pub(super) issuer: Authority,
    /// The CA that will issue, once it is trusted everywhere.
    pub(super) next: Option<Authority>,
    /// All of them, as PEM.
    pub(super) certificates: Vec<String>,
}

impl Trust {
    /// Reads the CAs, or creates the first one.
    pub(super) fn load_or_create(
        files: &Files,
        now: i64,
        changes: &mut Vec<String>,
    ) -> Result<Self, Error> {
        match (read_key(files, KEY)?, files.read(CERTIFICATES)?) {
            (Some(key), Some(text)) => Self::load(files, key, &text),
            (None, Some(_)) => Err(missing(files, KEY)),
            (Some(key), None) => Self::create(files, key, now, changes),
            (None, None) if files.have_certificates()? => Err(missing(files, KEY)),
            (None, None) => {
                let key = KeyPair::generate().map_err(unmade)?;
                files.write(KEY, &key.serialize_pem(), Access::Owner)?;
                Self::create(files, key, now, changes)
            }
        }
    }

    fn load(files: &Files, key: KeyPair, text: &str) -> Result<Self, Error> {
        let certificates = split(text);
        let issuer = authority(&certificates, key).ok_or_else(|| {
            let [certificates, key] = [CERTIFICATES, KEY].map(|name| files.path(name));
            Error::Refused(format!(
                "{} is not the key of a CA in {}",
                key.display(),
                certificates.display()
            ))
        })?;
        let next = read_key(files, NEXT_KEY)?;
        Ok(Self {
            issuer,
            next: next.and_then(|key| authority(&certificates, key)),
            certificates,
        })
    }

    /// The key was written first: without a certificate, no process trusts its CA yet.
    fn create(
        files: &Files,
        key: KeyPair,
        now: i64,
        changes: &mut Vec<String>,
    ) -> Result<Self, Error> {
        if files.have_certificates()? {
            return Err(missing(files, CERTIFICATES));
        }
        let (issuer, certificate) = Authority::create(key, now)?;
        changes.push(format!("{}: made", issuer.name()));
        let trust = Self {
            issuer,
            next: None,
            certificates: vec![certificate],
        };
        trust.write(files)?;
        Ok(trust)
    }

    /// All of them, as one PEM file.
    pub(super) fn bundle(&self) -> String {
        self.certificates.concat()
    }

    pub(super) fn write(&self, files: &Files) -> Result<(), Error> {
        files.write(CERTIFICATES, &self.bundle(), Access::All)
    }
}

fn read_key(files: &Files, name: &str) -> Result<Option<KeyPair>, Error> {
    let Some(text) = files.read(name)? else {
        return Ok(None);
    };
    let key = KeyPair::from_pem(&text);
    key.map(Some).map_err(|_| {
        let path = files.path(name);
        Error::Refused(format!("{} is not a private key in PEM", path.display()))
    })
}

/// The CA whose key this is.
fn authority(certificates: &[String], key: KeyPair) -> Option<Authority> {
    let mut facts = certificates.iter().filter_map(|text| Facts::of_pem(text));
    let facts = facts.find(|facts| facts.public_key == key.public_key_raw())?;
    Some(Authority::new(facts, key))
}

fn split(text: &str) -> Vec<String> {
    let blocks = text.split_inclusive(END);
    let blocks = blocks.filter(|block| block.ends_with(END));
    blocks.map(|block| format!("{}\n", block.trim())).collect()
}

fn missing(files: &Files, name: &str) -> Error {
    let path = files.path(name);
    Error::Refused(format!(
        "{} is missing, though the folder has other files of a CA; restore it, or begin with an empty folder",
        path.display()
    ))
}
