//! Groups of users that sign in together.

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    /// The `org_id` claim.
    pub(crate) id: String,
    /// Unique; stands for `{organization_name}` in a callback.
    pub(crate) name: String,
    /// Shown to users.
    pub(crate) display_name: String,
}
