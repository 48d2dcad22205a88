//! Decides when a certificate is made anew.

use std::fmt;

use super::facts::Facts;

/// Why a certificate is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Missing,
    Damaged,
    OtherAuthority,
    OtherHosts,
    NearExpiry,
    Asked,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "made",
            Self::Damaged => "made again, because its files do not belong together",
            Self::OtherAuthority => "renewed, because another CA issues now",
            Self::OtherHosts => "renewed with more names",
            Self::NearExpiry => "renewed before its expiry",
            Self::Asked => "renewed",
        })
    }
}

/// The reason to renew a certificate, if there is one.
pub(super) fn reason(
    facts: &Facts,
    issuer: &str,
    hosts: &[String],
    asked: bool,
    now: i64,
) -> Option<Reason> {
    if facts.issuer != issuer {
        Some(Reason::OtherAuthority)
    } else if hosts.iter().any(|host| !facts.hosts.contains(host)) {
        Some(Reason::OtherHosts)
    } else if is_near_expiry(facts, now) {
        Some(Reason::NearExpiry)
    } else if asked {
        Some(Reason::Asked)
    } else {
        None
    }
}

/// Less than a third of its life is left, or it is not valid yet.
fn is_near_expiry(facts: &Facts, now: i64) -> bool {
    let life = facts.not_after - facts.not_before;
    (facts.not_after - now) * 3 < life || now < facts.not_before
}
