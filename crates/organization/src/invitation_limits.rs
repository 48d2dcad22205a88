//! How many mails of invitations may be asked for.

use jiff::SignedDuration;
use serde::Deserialize;

/// The `[invitations]` section: limits for mails of invitations, new and sent again.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InvitationLimits {
    /// Invitations of one organization in an hour; 0: no limit. Default 1,000.
    pub per_organization: u32,
    /// Invitations of one address in 24 hours, by all organizations; 0: no limit. Default 10.
    pub per_address: u32,
}

impl InvitationLimits {
    /// The span of time of `per_organization`.
    pub const ORGANIZATION_SPAN: SignedDuration = SignedDuration::from_hours(1);
    /// The span of time of `per_address`.
    pub const ADDRESS_SPAN: SignedDuration = SignedDuration::from_hours(24);
}

impl Default for InvitationLimits {
    fn default() -> Self {
        Self {
            per_organization: 1000,
            per_address: 10,
        }
    }
}
