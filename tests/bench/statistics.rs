//! Many figures in three.

use std::fmt;

/// Where the figures of all rounds lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    /// Half of them are lower.
    pub(crate) median: f64,
    /// Of all.
    pub(crate) lowest: f64,
    /// Of all.
    pub(crate) highest: f64,
}

impl Spread {
    /// Of one figure or more.
    pub(crate) fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<_> = figures.collect();
        sorted.sort_by(f64::total_cmp);
        let (lower, upper) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Self {
            median: f64::midpoint(lower, upper),
            lowest: sorted[0],
            highest: sorted[sorted.len() - 1],
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            median,
            lowest,
            highest,
        } = self;
        write!(f, "{median:.3} ({lowest:.3} to {highest:.3})")
    }
}
