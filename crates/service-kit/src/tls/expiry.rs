//! Warnings before the certificates expire.

use jiff::{SignedDuration, Timestamp};
use metrics::gauge;

use super::TlsConfig;
use super::identity::Identity;
use crate::metrics::CERTIFICATE_EXPIRY_SECONDS;

/// Before the expiry.
const WARNING: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Between two warnings.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Warns of the expiry of one identity.
#[derive(Debug, Default)]
pub(super) struct Expiry {
    warned: Option<Timestamp>,
}

impl Expiry {
    /// Sets the metric, and logs when a warning is due. Called about every second, and with a new `Expiry` for new
    /// files.
    pub(super) fn look(&mut self, identity: &Identity, config: &TlsConfig, now: Timestamp) {
        let left = identity.end.duration_since(now);
        gauge!(CERTIFICATE_EXPIRY_SECONDS).set(left.as_secs_f64());
        if self.is_due(left, now) {
            self.warned = Some(now);
            log(left, identity, config);
        }
    }

    fn is_due(&self, left: SignedDuration, now: Timestamp) -> bool {
        let is_late = |warned: Timestamp| now.duration_since(warned) >= AGAIN;
        left <= WARNING && self.warned.is_none_or(is_late)
    }
}

fn log(left: SignedDuration, identity: &Identity, config: &TlsConfig) {
    let (certificate, ca) = (config.certificate.display(), config.ca.display());
    let expires = identity.end;
    if left.is_negative() {
        tracing::error!(%certificate, %ca, %expires, "the certificate or its authority has expired, other processes refuse it: renew it");
    } else {
        let days = left.as_hours() / 24;
        tracing::warn!(%certificate, %ca, %expires, days, "the certificate or its authority expires soon: renew it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rel_47_warnings_begin_fourteen_days_before_and_come_each_hour() {
        let now = Timestamp::UNIX_EPOCH;
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        for (left, is_due) in [(15, false), (14, true), (1, true), (0, true), (-1, true)] {
            assert_eq!(Expiry::default().is_due(days(left), now), is_due, "{left}");
        }
        let warned = Expiry { warned: Some(now) };
        for (minutes, is_due) in [(1, false), (59, false), (60, true)] {
            let later = now + SignedDuration::from_mins(minutes);
            assert_eq!(warned.is_due(days(1), later), is_due, "{minutes}");
        }
    }
}
