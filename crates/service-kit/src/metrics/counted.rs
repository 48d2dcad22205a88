//! Gauges of what goes on at the moment.

use metrics::Gauge;

/// One unit of a gauge, until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Counted(Gauge);

impl Counted {
    /// Adds the unit.
    pub fn new(gauge: &Gauge) -> Self {
        gauge.increment(1);
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}
