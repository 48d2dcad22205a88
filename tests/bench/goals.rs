//! What it may cost.

/// A figure and its limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    /// The figure shall be less.
    limit: f64,
}

/// Bytes of a user's record with one session.
pub(crate) const FIRST_SESSION: Goal = Goal { limit: 1100.0 };
/// Bytes of each further session.
pub(crate) const FURTHER_SESSION: Goal = Goal { limit: 300.0 };
/// GiB of [`SESSIONS`] sessions.
pub(crate) const IN_ALL: Goal = Goal { limit: 1.1 };
/// What the last goal is about.
pub(crate) const SESSIONS: usize = 1_000_000;
/// CPU time with many sessions, divided by that with few.
pub(crate) const RATIO: Goal = Goal { limit: 1.1 };

impl Goal {
    /// The limit, and whether a figure is within it.
    pub(crate) fn describe(self, figure: f64, unit: &str) -> String {
        let verdict = if figure < self.limit {
            "met"
        } else {
            "NOT MET"
        };
        format!("goal: under {} {unit}: {verdict}", self.limit)
    }
}
