//! A folder with a certificate authority (CA) and one certificate for each service.
//!
//! `ca.crt` has the CAs to trust, `ca.key` the key of the one that issues. While a CA is replaced there are two of
//! them, and before the new one issues, its key is `next-ca.key`. Each name has a folder with `tls.crt`, `tls.key` and
//! a copy of `ca.crt`.

mod authority;
mod facts;
mod files;
mod leaf;
mod names;
mod renewal;
mod replacement;
#[cfg(test)]
mod tests;
mod trust;

use std::path::PathBuf;

pub(crate) use files::Owner;
pub(crate) use names::{parse_host, parse_name};

use crate::error::Error;
use crate::output::warn;
use files::Files;
use leaf::Leaf;
use trust::Trust;

/// The names that the folder must have afterwards.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) folder: PathBuf,
    /// Names besides those of the services.
    pub(crate) names: Vec<String>,
    /// Host names and addresses of the certificate for browsers, besides `localhost`.
    pub(crate) hosts: Vec<String>,
    /// Owners of the folders of names; the last that fits counts.
    pub(crate) owners: Vec<Owner>,
    /// Days for which a new certificate is valid.
    pub(crate) days: u16,
    pub(crate) step: Step,
}

/// A task besides what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing: makes what is missing, and renews what is near its expiry.
    Maintain,
    /// Renews all certificates; from then on the new CA of a replacement issues.
    Renew,
    /// First step of a replacement: all are to trust a new CA too.
    NewAuthority,
    /// Last step of a replacement: the old CA is no longer trusted.
    DropOldAuthority,
}

/// Carries out the order; returns one line for each change. `now` is in seconds since 1970.
pub(crate) fn fill(order: &Order, now: i64) -> Result<Vec<String>, Error> {
    let files = Files::open(&order.folder, &order.owners)?;
    let mut changes = Vec::new();
    let mut trust = Trust::load_or_create(&files, now, &mut changes)?;
    let leaves = names::all(&order.names, &order.hosts)
        .into_iter()
        .map(|(name, hosts)| Leaf::read(&files, name, hosts))
        .collect::<Result<Vec<_>, _>>()?;
    match order.step {
        Step::Maintain => {}
        Step::Renew => trust.promote(&files, &mut changes)?,
        Step::NewAuthority => trust.begin(&files, now, &mut changes)?,
        Step::DropOldAuthority => trust.finish(&files, &leaves, &mut changes)?,
    }
    // All trust a CA before any certificate of it is used.
    for leaf in &leaves {
        leaf.write_trust(&files, &trust)?;
    }
    if order.step == Step::NewAuthority {
        return Ok(changes);
    }
    if let Some(warning) = trust.issuer.check(now)? {
        warn(warning);
    }
    for leaf in &leaves {
        let asked = order.step == Step::Renew;
        let Some(reason) = leaf.reason(trust.issuer.name(), asked, now) else {
            continue;
        };
        let expires = leaf.issue(&files, &trust.issuer, order.days, now)?;
        changes.push(format!("{}: {reason}; valid until {expires}", leaf.name()));
    }
    Ok(changes)
}
