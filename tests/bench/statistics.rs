//! Summaries of many figures.

use std::fmt;

/// Median and range of the figures of all rounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    /// The median.
    pub(crate) median: f64,
    /// The minimum.
    pub(crate) lowest: f64,
    /// The maximum.
    pub(crate) highest: f64,
}

impl Spread {
    /// Summarises at least one figure.
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

/// The percentile of sorted figures (nearest rank); 0 if there are none.
pub(crate) fn percentile(sorted: &[f64], hundredths: usize) -> f64 {
    let rank = (sorted.len() * hundredths).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}

/// All numbers are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(crate) fn exact(number: impl TryInto<u64>) -> f64 {
    let Ok(number) = number.try_into() else {
        panic!("a number that is too large");
    };
    number as f64
}
