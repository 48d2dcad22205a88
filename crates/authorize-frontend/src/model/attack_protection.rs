//! Limits of attempts to sign in and to sign up.

use std::net::IpAddr;

use ipnet::IpNet;

/// The limits of the tenant.
#[derive(Debug, Clone, Default)]
pub(crate) struct AttackProtection {
    pub(crate) brute_force: BruteForceProtection,
    pub(crate) throttling: SuspiciousIpThrottling,
}

/// Limit of each account.
#[derive(Debug, Clone)]
pub(crate) struct BruteForceProtection {
    /// `None`: no limit.
    pub(crate) limit: Option<AccountLimit>,
    /// Addresses without a limit.
    pub(crate) allowlist: Vec<IpNet>,
}

/// Limits of each address.
#[derive(Debug, Clone)]
pub(crate) struct SuspiciousIpThrottling {
    /// Failed sign-ins. `None`: no limit.
    pub(crate) logins: Option<AddressLimit>,
    /// Sign-ups. `None`: no limit.
    pub(crate) sign_ups: Option<AddressLimit>,
    /// Addresses without a limit.
    pub(crate) allowlist: Vec<IpNet>,
}

/// How many failures an account may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountLimit {
    pub(crate) max_attempts: u32,
    /// Whether failures from all addresses count together.
    pub(crate) per_identifier: bool,
    /// Whether more are refused.
    pub(crate) blocks: bool,
}

/// How many attempts an address may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AddressLimit {
    /// Attempts at once.
    pub(crate) max_attempts: u32,
    /// Milliseconds until one more is allowed.
    pub(crate) rate_ms: u32,
    /// Whether more are refused.
    pub(crate) blocks: bool,
}

/// A limit that an attempt exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExceededLimit {
    /// Failures of the account.
    Account,
    /// Attempts of the address.
    Address,
    /// Attempts with one account in a short time.
    SameUser,
}

impl ExceededLimit {
    /// The label of metrics.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Account => "account_limit",
            Self::Address => "address_limit",
            Self::SameUser => "same_user_limit",
        }
    }
}

/// Whether an attempt may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It may. `exceeded` is a limit that does not block.
    Admitted {
        /// The limit.
        exceeded: Option<ExceededLimit>,
    },
    /// It may not.
    Refused {
        /// The limit.
        exceeded: ExceededLimit,
        /// Seconds until it may be tried again.
        retry_after_seconds: u32,
    },
}

impl Default for BruteForceProtection {
    fn default() -> Self {
        Self {
            limit: Some(AccountLimit {
                max_attempts: 10,
                per_identifier: false,
                blocks: true,
            }),
            allowlist: Vec::new(),
        }
    }
}

impl Default for SuspiciousIpThrottling {
    fn default() -> Self {
        let limit = |max_attempts, rate_ms| AddressLimit {
            max_attempts,
            rate_ms,
            blocks: true,
        };
        Self {
            logins: Some(limit(100, 864_000)),
            sign_ups: Some(limit(50, 1_728_000)),
            allowlist: Vec::new(),
        }
    }
}

impl AttackProtection {
    /// The limit of an account, for attempts from this address.
    pub(crate) fn account(&self, address: Option<&str>) -> Option<AccountLimit> {
        let limit = self.brute_force.limit;
        limit.filter(|_| !is_listed(&self.brute_force.allowlist, address))
    }

    /// The limit of failed sign-ins from this address.
    pub(crate) fn logins(&self, address: Option<&str>) -> Option<AddressLimit> {
        let limit = self.throttling.logins;
        limit.filter(|_| !is_listed(&self.throttling.allowlist, address))
    }

    /// The limit of sign-ups from this address.
    pub(crate) fn sign_ups(&self, address: Option<&str>) -> Option<AddressLimit> {
        let limit = self.throttling.sign_ups;
        limit.filter(|_| !is_listed(&self.throttling.allowlist, address))
    }
}

fn is_listed(allowlist: &[IpNet], address: Option<&str>) -> bool {
    let address = address.and_then(|text| text.parse::<IpAddr>().ok());
    address.is_some_and(|address| {
        let address = address.to_canonical();
        allowlist.iter().any(|network| network.contains(&address))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_addresses_have_no_limit() {
        let mut protection = AttackProtection::default();
        let listed = [
            "192.0.2.0/24".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ];
        protection.brute_force.allowlist = listed.to_vec();
        for (address, is_limited) in [
            (Some("192.0.2.7"), false),
            (Some("::ffff:192.0.2.7"), false),
            (Some("2001:db8:1::1"), false),
            (Some("192.0.3.7"), true),
            (Some("unknown"), true),
            (None, true),
        ] {
            assert_eq!(
                protection.account(address).is_some(),
                is_limited,
                "{address:?}"
            );
            assert!(
                protection.logins(address).is_some(),
                "it has a list of its own"
            );
        }
    }
}
