//! How much one tenant may keep.

/// The largest numbers of organizations and members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Organizations of the tenant.
    pub organizations: u64,
    /// Members of one organization.
    pub members: u64,
}

impl Default for Limits {
    /// Auth0's limits.
    fn default() -> Self {
        Self {
            organizations: 100_000,
            members: 100_000,
        }
    }
}
