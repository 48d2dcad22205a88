//! A row of the contract's degradation matrix: which requests are served while a part is lost.

use std::time::Duration;

use super::super::verdict::Verdict;

/// Requests in flight when a part is lost have ended after this time, and others go elsewhere.
const ROUTED_AWAY: Duration = Duration::from_secs(1);
/// All is well this long after the containers are.
const HEALS: Duration = Duration::from_secs(3);
/// One answer of so many may report an outage although all is well: the machine is small.
const ONE_IN: usize = 1000;

/// Whether requests of a kind are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Served {
    Yes,
    No,
    /// Only those who are signed out, and are told so.
    NoTokens,
    /// Either is right.
    Maybe,
}
use Served::{No, NoTokens, Yes};

/// A row of the matrix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) silent: Served,
    pub(super) sign_in: Served,
    pub(super) logout: Served,
}

impl Row {
    /// Everything goes on.
    pub(super) const ALL: Self = Self {
        silent: Yes,
        sign_in: Yes,
        logout: Yes,
    };
    /// Every answer reports the outage.
    pub(super) const NONE: Self = Self {
        silent: No,
        sign_in: No,
        logout: No,
    };
    /// Nothing is signed.
    pub(super) const NO_TOKENS: Self = Self {
        silent: NoTokens,
        sign_in: No,
        logout: Yes,
    };

    /// Checks the answers to requests that began and ended while the part was lost.
    #[track_caller]
    pub(super) fn check(self, verdict: &Verdict, lost: Duration, healed: Duration) {
        for (kind, served) in [
            ("silent", self.silent),
            ("sign-in", self.sign_in),
            ("logout", self.logout),
        ] {
            let asked = verdict.asked_between(lost + ROUTED_AWAY, healed);
            let asked = asked.filter(|event| event.kind == kind && event.answered < healed);
            let (unknown, known): (Vec<_>, Vec<_>) = asked.partition(|event| event.failed());
            let wrong = match served {
                Served::Yes => unknown,
                Served::No => known,
                Served::NoTokens => known
                    .into_iter()
                    .filter(|event| !event.is(kind, "signed out"))
                    .collect(),
                Served::Maybe => continue,
            };
            assert!(
                wrong.is_empty(),
                "{kind}: {served:?} was expected: {wrong:#?}"
            );
        }
    }
}

/// Checks that nearly every request of a period was served.
#[track_caller]
pub(super) fn assert_served(verdict: &Verdict, begin: Duration, end: Duration) {
    assert_nearly_served(verdict, begin, end, 0);
}

/// The same, except for requests that were in flight when something broke.
#[track_caller]
pub(super) fn assert_nearly_served(
    verdict: &Verdict,
    begin: Duration,
    end: Duration,
    in_flight: usize,
) {
    let asked: Vec<_> = verdict.asked_between(begin, end).collect();
    let failed: Vec<_> = asked.iter().filter(|event| event.failed()).collect();
    let allowed = asked.len().div_ceil(ONE_IN) + in_flight;
    assert!(
        failed.len() <= allowed,
        "{} of {} failed, {allowed} were allowed: {failed:#?}",
        failed.len(),
        asked.len()
    );
}

/// Checks that nearly every request is served from some seconds after the deployment was ready again.
#[track_caller]
pub(super) fn assert_well_after(verdict: &Verdict, ready: Duration) {
    assert_served(verdict, ready + HEALS, Duration::MAX);
}
