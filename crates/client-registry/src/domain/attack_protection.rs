//! Limits of attempts to sign in and to sign up, with Auth0's defaults.

use doorward_proto::InvalidField;
use serde::{Deserialize, Serialize};

use super::draft::Fields;
use super::{Entity, rule};

const BLOCK: &str = "block";
const PER_IDENTIFIER: &str = "count_per_identifier";
const PER_IDENTIFIER_AND_IP: &str = "count_per_identifier_and_ip";
const MAX_ALLOWED: usize = 100;

/// The limits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct AttackProtection {
    pub brute_force_protection: BruteForceProtection,
    pub suspicious_ip_throttling: SuspiciousIpThrottling,
}

/// Limit of each account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct BruteForceProtection {
    pub enabled: bool,
    pub shields: Vec<String>,
    pub allowlist: Vec<String>,
    pub mode: String,
    pub max_attempts: u32,
}

/// Limits of each address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct SuspiciousIpThrottling {
    pub enabled: bool,
    pub shields: Vec<String>,
    pub allowlist: Vec<String>,
    pub pre_login_max_attempts: u32,
    pub pre_login_rate_ms: u32,
    pub pre_user_registration_max_attempts: u32,
    pub pre_user_registration_rate_ms: u32,
}

impl Default for BruteForceProtection {
    fn default() -> Self {
        Self {
            enabled: true,
            shields: texts(&[BLOCK, "user_notification"]),
            allowlist: Vec::new(),
            mode: PER_IDENTIFIER_AND_IP.to_owned(),
            max_attempts: 10,
        }
    }
}

impl Default for SuspiciousIpThrottling {
    fn default() -> Self {
        Self {
            enabled: true,
            shields: texts(&[BLOCK, "admin_notification"]),
            allowlist: Vec::new(),
            pre_login_max_attempts: 100,
            pre_login_rate_ms: 864_000,
            pre_user_registration_max_attempts: 50,
            pre_user_registration_rate_ms: 1_728_000,
        }
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

impl BruteForceProtection {
    /// Whether more attempts are refused.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.shields.iter().any(|shield| shield == BLOCK)
    }

    /// Whether failures from all addresses count together.
    #[must_use]
    pub fn per_identifier(&self) -> bool {
        self.mode == PER_IDENTIFIER
    }
}

impl SuspiciousIpThrottling {
    /// Whether more attempts are refused.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.shields.iter().any(|shield| shield == BLOCK)
    }
}

/// Changes to [`BruteForceProtection`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct BruteForceProtectionPatch {
    pub enabled: Option<bool>,
    pub shields: Option<Vec<String>>,
    pub allowlist: Option<Vec<String>>,
    pub mode: Option<String>,
    pub max_attempts: Option<u32>,
}

/// Changes to [`SuspiciousIpThrottling`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct SuspiciousIpThrottlingPatch {
    pub enabled: Option<bool>,
    pub shields: Option<Vec<String>>,
    pub allowlist: Option<Vec<String>>,
    pub pre_login_max_attempts: Option<u32>,
    pub pre_login_rate_ms: Option<u32>,
    pub pre_user_registration_max_attempts: Option<u32>,
    pub pre_user_registration_rate_ms: Option<u32>,
}

impl BruteForceProtectionPatch {
    pub(super) fn validate(&self) -> Result<(), InvalidField> {
        let entity = Entity::attack_protection("bruteForceProtection");
        check_shields(&entity, self.shields.as_deref(), "user_notification")?;
        check_allowlist(&entity, self.allowlist.as_deref())?;
        let modes = rule::one_of(&[PER_IDENTIFIER_AND_IP, PER_IDENTIFIER]);
        entity.check("mode", self.mode.as_deref(), modes)?;
        entity.check_range("max_attempts", self.max_attempts, 1..=100)
    }

    pub(super) fn apply(self, object: &mut BruteForceProtection, fields: &mut Fields) {
        fields.set(
            "bruteForceProtection.enabled",
            &mut object.enabled,
            self.enabled,
        );
        fields.set(
            "bruteForceProtection.shields",
            &mut object.shields,
            self.shields,
        );
        let field = "bruteForceProtection.allowlist";
        fields.set(field, &mut object.allowlist, self.allowlist);
        fields.set("bruteForceProtection.mode", &mut object.mode, self.mode);
        let field = "bruteForceProtection.max_attempts";
        fields.set(field, &mut object.max_attempts, self.max_attempts);
    }
}

impl SuspiciousIpThrottlingPatch {
    pub(super) fn validate(&self) -> Result<(), InvalidField> {
        let entity = Entity::attack_protection("suspiciousIpThrottling");
        check_shields(&entity, self.shields.as_deref(), "admin_notification")?;
        check_allowlist(&entity, self.allowlist.as_deref())?;
        for (field, value, range) in [
            (
                "stage.pre-login.max_attempts",
                self.pre_login_max_attempts,
                1..=2_500,
            ),
            (
                "stage.pre-login.rate",
                self.pre_login_rate_ms,
                34_560..=86_400_000,
            ),
            (
                "stage.pre-user-registration.max_attempts",
                self.pre_user_registration_max_attempts,
                1..=72_000,
            ),
            (
                "stage.pre-user-registration.rate",
                self.pre_user_registration_rate_ms,
                1_200..=86_400_000,
            ),
        ] {
            entity.check_range(field, value, range)?;
        }
        Ok(())
    }

    pub(super) fn apply(self, object: &mut SuspiciousIpThrottling, fields: &mut Fields) {
        fields.set(
            "suspiciousIpThrottling.enabled",
            &mut object.enabled,
            self.enabled,
        );
        fields.set(
            "suspiciousIpThrottling.shields",
            &mut object.shields,
            self.shields,
        );
        let field = "suspiciousIpThrottling.allowlist";
        fields.set(field, &mut object.allowlist, self.allowlist);
        for (field, value, desired) in [
            (
                "suspiciousIpThrottling.stage.pre-login.max_attempts",
                &mut object.pre_login_max_attempts,
                self.pre_login_max_attempts,
            ),
            (
                "suspiciousIpThrottling.stage.pre-login.rate",
                &mut object.pre_login_rate_ms,
                self.pre_login_rate_ms,
            ),
            (
                "suspiciousIpThrottling.stage.pre-user-registration.max_attempts",
                &mut object.pre_user_registration_max_attempts,
                self.pre_user_registration_max_attempts,
            ),
            (
                "suspiciousIpThrottling.stage.pre-user-registration.rate",
                &mut object.pre_user_registration_rate_ms,
                self.pre_user_registration_rate_ms,
            ),
        ] {
            fields.set(field, value, desired);
        }
    }
}

fn check_shields(
    entity: &Entity,
    shields: Option<&[String]>,
    notification: &str,
) -> Result<(), InvalidField> {
    entity.check_each("shields", shields, rule::one_of(&[BLOCK, notification]))
}

fn check_allowlist(entity: &Entity, allowlist: Option<&[String]>) -> Result<(), InvalidField> {
    entity.check_count("allowlist", allowlist, MAX_ALLOWED)?;
    entity.check_each("allowlist", allowlist, rule::address_or_network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_ranges() {
        let brute_force = |patch: BruteForceProtectionPatch| patch.validate().is_ok();
        for (max_attempts, good) in [(0, false), (1, true), (100, true), (101, false)] {
            let patch = BruteForceProtectionPatch {
                max_attempts: Some(max_attempts),
                ..Default::default()
            };
            assert_eq!(brute_force(patch), good, "{max_attempts}");
        }
        for (mode, good) in [
            (PER_IDENTIFIER, true),
            (PER_IDENTIFIER_AND_IP, true),
            ("", false),
        ] {
            let patch = BruteForceProtectionPatch {
                mode: Some(mode.to_owned()),
                ..Default::default()
            };
            assert_eq!(brute_force(patch), good, "{mode}");
        }
        for (shield, good) in [
            ("block", true),
            ("user_notification", true),
            ("admin_notification", false),
        ] {
            let patch = BruteForceProtectionPatch {
                shields: Some(texts(&[shield])),
                ..Default::default()
            };
            assert_eq!(brute_force(patch), good, "{shield}");
        }
        for (entry, good) in [
            ("192.0.2.1", true),
            ("192.0.2.0/24", true),
            ("2001:db8::/32", true),
            ("192.0.2.0/33", false),
            ("example.com", false),
        ] {
            let patch = SuspiciousIpThrottlingPatch {
                allowlist: Some(texts(&[entry])),
                ..Default::default()
            };
            assert_eq!(patch.validate().is_ok(), good, "{entry}");
        }
        for (rate, good) in [
            (34_559, false),
            (34_560, true),
            (86_400_000, true),
            (86_400_001, false),
        ] {
            let patch = SuspiciousIpThrottlingPatch {
                pre_login_rate_ms: Some(rate),
                ..Default::default()
            };
            assert_eq!(patch.validate().is_ok(), good, "{rate}");
        }
        for (rate, good) in [(1_199, false), (1_200, true)] {
            let patch = SuspiciousIpThrottlingPatch {
                pre_user_registration_rate_ms: Some(rate),
                ..Default::default()
            };
            assert_eq!(patch.validate().is_ok(), good, "{rate}");
        }
    }
}
