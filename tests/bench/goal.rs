//! Goals: limits of measured figures.

/// The limit of a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// An upper limit.
    Under(f64),
    /// A lower limit.
    Over(f64),
}

impl Goal {
    /// A goal for figures below `limit`.
    pub(crate) const fn under(limit: f64) -> Self {
        Self::Under(limit)
    }

    /// A goal for figures above `limit`.
    pub(crate) const fn over(limit: f64) -> Self {
        Self::Over(limit)
    }

    /// The limit, and whether a figure is within it.
    pub(crate) fn describe(self, figure: f64, unit: &str) -> String {
        let (side, limit, is_met) = match self {
            Self::Under(limit) => ("under", limit, figure < limit),
            Self::Over(limit) => ("over", limit, figure > limit),
        };
        let verdict = if is_met { "met" } else { "NOT MET" };
        format!("goal: {side} {limit} {unit}: {verdict}")
    }
}
