//! Memory that must not be written to disk.

/// Keeps the memory of this process out of core dumps, and from debuggers of its own user (prctl(2),
/// `PR_SET_DUMPABLE`). For processes that hold private keys.
pub fn forbid_core_dumps() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "core dumps cannot be forbidden");
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    use super::*;

    /// SEC-172.
    #[test]
    fn the_process_is_not_dumpable() {
        forbid_core_dumps();
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}
