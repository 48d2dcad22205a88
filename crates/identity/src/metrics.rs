//! The metrics of this service; `docs/metrics.md` explains them.

use metrics::describe_gauge;

pub(crate) const HASHING_CALLS: &str = "doorward_hashing_calls";

/// Describes them to the recorder of the process.
pub fn describe() {
    describe_gauge!(HASHING_CALLS, "calls that hash a password, or wait for it");
}
