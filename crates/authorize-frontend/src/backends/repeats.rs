//! The budget of repeats: a tenth of all calls, so that repeats never double the load of an overloaded backend.

use std::sync::atomic::{AtomicU32, Ordering};

/// The number of calls that pay for one repeat.
const COST: u32 = 10;
/// The largest saved budget, for moments in which many calls are late together because the machine was busy.
const MOST: u32 = 100 * COST;

/// The saved budget of one backend.
#[derive(Debug)]
pub(super) struct RepeatBudget(AtomicU32);

impl RepeatBudget {
    /// A full budget.
    pub(super) fn full() -> Self {
        Self(AtomicU32::new(MOST))
    }

    /// Adds the share of a first call.
    pub(super) fn deposit(&self) {
        self.update(|saved| (saved < MOST).then_some(saved + 1));
    }

    /// Takes the cost of a repeat. Returns false if the budget is too small.
    pub(super) fn withdraw(&self) -> bool {
        self.update(|saved| saved.checked_sub(COST))
    }

    fn update(&self, change: impl Fn(u32) -> Option<u32>) -> bool {
        let changed = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change);
        changed.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_in_ten_is_repeated_in_the_long_run() {
        let budget = RepeatBudget::full();
        let mut repeated = 0;
        for _ in 0..10_000 {
            budget.deposit();
            repeated += u32::from(budget.withdraw());
        }
        assert!(
            (1_000..=1_000 + MOST / COST).contains(&repeated),
            "{repeated}"
        );
    }

    #[test]
    fn so_much_is_saved_up_and_no_more() {
        let budget = RepeatBudget::full();
        for _ in 0..10_000 {
            budget.deposit();
        }
        let repeated = std::iter::repeat_with(|| budget.withdraw()).take_while(|may| *may);
        assert_eq!(repeated.count(), 100);
    }
}
