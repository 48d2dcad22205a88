//! The certificate of one name.

use rcgen::KeyPair;

use super::authority::Authority;
use super::facts::Facts;
use super::files::{Access, Files};
use super::renewal::{Reason, reason};
use super::trust::Trust;
use crate::error::Error;

/// A name, and what its folder has.
#[derive(Debug)]
pub(super) struct Leaf {
    name: String,
    hosts: Vec<String>,
    found: Found,
}

#[derive(Debug)]
enum Found {
    Nothing,
    /// Not a certificate, not a key, or the key of another certificate.
    Damaged,
    Pair(Facts),
}

impl Leaf {
    /// Reads what the folder has for a name.
    pub(super) fn read(files: &Files, name: String, hosts: Vec<String>) -> Result<Self, Error> {
        let certificate = files.read(&format!("{name}/tls.crt"))?;
        let key = files.read(&format!("{name}/tls.key"))?;
        let found = match (certificate, key) {
            (None, None) => Found::Nothing,
            (Some(certificate), Some(key)) => {
                pair(&certificate, &key).map_or(Found::Damaged, Found::Pair)
            }
            _ => Found::Damaged,
        };
        let mut leaf = Self { name, hosts, found };
        leaf.keep_hosts();
        Ok(leaf)
    }

    /// A renewal keeps the names that the certificate has.
    fn keep_hosts(&mut self) {
        if let Found::Pair(facts) = &self.found {
            let earlier = facts.hosts.iter().filter(|host| !self.hosts.contains(host));
            let earlier: Vec<_> = earlier.cloned().collect();
            self.hosts.extend(earlier);
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether a CA other than this one issued the certificate.
    pub(super) fn is_of_another(&self, issuer: &str) -> bool {
        matches!(&self.found, Found::Pair(facts) if facts.issuer != issuer)
    }

    /// Why the certificate is to be made, if it is.
    pub(super) fn reason(&self, issuer: &str, asked: bool, now: i64) -> Option<Reason> {
        match &self.found {
            Found::Nothing => Some(Reason::Missing),
            Found::Damaged => Some(Reason::Damaged),
            Found::Pair(facts) => reason(facts, issuer, &self.hosts, asked, now),
        }
    }

    /// Writes the CAs to trust, if they changed; creates the folder.
    pub(super) fn write_trust(&self, files: &Files, trust: &Trust) -> Result<(), Error> {
        files.create_folder_of(&self.name)?;
        let name = format!("{}/ca.crt", self.name);
        let text = trust.bundle();
        if files.read(&name)?.as_deref() == Some(&text) {
            return Ok(());
        }
        files.write(&name, &text, Access::All)
    }

    /// Makes the certificate; returns its last day.
    pub(super) fn issue(
        &self,
        files: &Files,
        issuer: &Authority,
        days: u16,
        now: i64,
    ) -> Result<String, Error> {
        let new = issuer.issue(&self.hosts, days, now)?;
        let (key, certificate) = ["tls.key", "tls.crt"]
            .map(|file| format!("{}/{file}", self.name))
            .into();
        files.write(&key, &new.key, Access::Owner)?;
        files.write(&certificate, &new.certificate, Access::All)?;
        Ok(new.expires)
    }
}

fn pair(certificate: &str, key: &str) -> Option<Facts> {
    let facts = Facts::of_pem(certificate)?;
    let key = KeyPair::from_pem(key).ok()?;
    (key.public_key_raw() == facts.public_key).then_some(facts)
}
