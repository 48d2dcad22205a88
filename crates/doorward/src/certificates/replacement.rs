//! The steps in which a CA is replaced, while all services run.

use rcgen::KeyPair;

use super::authority::{Authority, unmade};
use super::facts::Facts;
use super::files::{Access, Files};
use super::leaf::Leaf;
use super::trust::{KEY, NEXT_KEY, Trust};
use crate::error::Error;

impl Trust {
    /// Adds a new CA, which does not issue yet.
    pub(super) fn begin(
        &mut self,
        files: &Files,
        now: i64,
        changes: &mut Vec<String>,
    ) -> Result<(), Error> {
        if self.certificates.len() > 1 {
            return Err(refused(
                "a CA is being replaced already; go on with --renew, then --drop-old-ca",
            ));
        }
        let key = KeyPair::generate().map_err(unmade)?;
        files.write(NEXT_KEY, &key.serialize_pem(), Access::Owner)?;
        let (next, certificate) = Authority::create(key, now)?;
        changes.push(format!(
            "{}: made, and trusted beside {}; it issues from the next --renew on",
            next.name(),
            self.issuer.name()
        ));
        self.next = Some(next);
        self.certificates.push(certificate);
        self.write(files)
    }

    /// The new CA issues from now on, if there is one.
    pub(super) fn promote(
        &mut self,
        files: &Files,
        changes: &mut Vec<String>,
    ) -> Result<(), Error> {
        let Some(next) = self.next.take() else {
            return Ok(());
        };
        files.rename(NEXT_KEY, KEY)?;
        changes.push(format!("{}: issues from now on", next.name()));
        self.issuer = next;
        Ok(())
    }

    /// Leaves only the CA that issues.
    pub(super) fn finish(
        &mut self,
        files: &Files,
        leaves: &[Leaf],
        changes: &mut Vec<String>,
    ) -> Result<(), Error> {
        if self.next.is_some() {
            return Err(refused(
                "the new CA has not issued any certificate; run --renew first",
            ));
        }
        let issuer = self.issuer.name();
        if let Some(leaf) = leaves.iter().find(|leaf| leaf.is_of_another(issuer)) {
            let name = leaf.name();
            return Err(refused(&format!(
                "{name} has a certificate of the old CA; run --renew first"
            )));
        }
        let is_issuer =
            |text: &String| Facts::of_pem(text).is_some_and(|facts| facts.name == issuer);
        let (kept, dropped): (Vec<_>, Vec<_>) = std::mem::take(&mut self.certificates)
            .into_iter()
            .partition(is_issuer);
        self.certificates = kept;
        for facts in dropped.iter().filter_map(|text| Facts::of_pem(text)) {
            changes.push(format!("{}: no longer trusted", facts.name));
        }
        self.write(files)
    }
}

fn refused(problem: &str) -> Error {
    Error::Refused(problem.to_owned())
}
