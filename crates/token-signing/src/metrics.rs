//! The metrics of this service; `docs/metrics.md` explains them.

use metrics::{describe_counter, describe_gauge};

pub(crate) const SIGNING_CALLS: &str = "doorward_signing_calls";
pub(crate) const SIGNING_KEYS_REVISION: &str = "doorward_signing_keys_revision";
pub(crate) const TOKENS_SIGNED: &str = "doorward_tokens_signed_total";

/// Describes them to the recorder of the process.
pub fn describe() {
    describe_gauge!(SIGNING_CALLS, "calls that sign, or wait for their turn");
    describe_gauge!(
        SIGNING_KEYS_REVISION,
        "the revision of the keys that the process signs with"
    );
    describe_counter!(TOKENS_SIGNED, "signed tokens");
}
