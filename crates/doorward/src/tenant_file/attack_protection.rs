//! `attackProtection`: how often accounts and addresses may be tried.

use doorward_proto::client_registry::v1::{
    BruteForceProtectionPatch, SuspiciousIpThrottlingPatch, TenantPatch,
};

use crate::document::Object;

/// Adds the attack protection to the settings of `tenant`.
pub(super) fn read(protection: &mut Object, tenant: Option<TenantPatch>) -> TenantPatch {
    TenantPatch {
        brute_force_protection: protection
            .object("bruteForceProtection")
            .map(brute_force_protection),
        suspicious_ip_throttling: protection
            .object("suspiciousIpThrottling")
            .map(suspicious_ip_throttling),
        ..tenant.unwrap_or_default()
    }
}

fn brute_force_protection(mut object: Object) -> BruteForceProtectionPatch {
    let patch = BruteForceProtectionPatch {
        enabled: object.flag("enabled"),
        shields: object.texts("shields"),
        allowlist: object.texts("allowlist"),
        mode: object.text("mode"),
        max_attempts: object.count("max_attempts"),
    };
    object.finish();
    patch
}

fn suspicious_ip_throttling(mut object: Object) -> SuspiciousIpThrottlingPatch {
    let mut patch = SuspiciousIpThrottlingPatch {
        enabled: object.flag("enabled"),
        shields: object.texts("shields"),
        allowlist: object.texts("allowlist"),
        ..SuspiciousIpThrottlingPatch::default()
    };
    if let Some(mut stage) = object.object("stage") {
        (patch.pre_login_max_attempts, patch.pre_login_rate_ms) = rate(&mut stage, "pre-login");
        (
            patch.pre_user_registration_max_attempts,
            patch.pre_user_registration_rate_ms,
        ) = rate(&mut stage, "pre-user-registration");
        stage.finish();
    }
    object.finish();
    patch
}

/// Attempts at once, and milliseconds for one more.
fn rate(stage: &mut Object, name: &str) -> (Option<u32>, Option<u32>) {
    let Some(mut object) = stage.object(name) else {
        return (None, None);
    };
    let rate = (object.count("max_attempts"), object.count("rate"));
    object.finish();
    rate
}
