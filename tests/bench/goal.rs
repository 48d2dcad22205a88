//! Goals: limits of measured figures.

/// A figure and its limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    /// The upper limit of the figure.
    limit: f64,
}

impl Goal {
    /// A goal for figures below `limit`.
    pub(crate) const fn under(limit: f64) -> Self {
        Self { limit }
    }

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
