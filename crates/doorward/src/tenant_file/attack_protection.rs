//! `attackProtection`: how often accounts and addresses may be tried.

use doorward_proto::client_registry::v1::{
    BruteForceProtectionPatch, SuspiciousIpThrottlingPatch, TenantPatch,
};

use crate::document::{Ignored, Object, Result};

/// Adds the attack protection to the settings of `tenant`.
pub(super) fn read(
    mut protection: Object,
    tenant: Option<TenantPatch>,
    ignored: &mut Ignored,
) -> Result<TenantPatch> {
    let brute_force = protection.object("bruteForceProtection")?;
    let throttling = protection.object("suspiciousIpThrottling")?;
    let patch = TenantPatch {
        brute_force_protection: brute_force
            .map(|object| brute_force_protection(object, ignored))
            .transpose()?,
        suspicious_ip_throttling: throttling
            .map(|object| suspicious_ip_throttling(object, ignored))
            .transpose()?,
        ..tenant.unwrap_or_default()
    };
    protection.finish(ignored);
    Ok(patch)
}

fn brute_force_protection(
    mut object: Object,
    ignored: &mut Ignored,
) -> Result<BruteForceProtectionPatch> {
    let patch = BruteForceProtectionPatch {
        enabled: object.flag("enabled")?,
        shields: object.texts("shields")?,
        allowlist: object.texts("allowlist")?,
        mode: object.text("mode")?,
        max_attempts: object.count("max_attempts")?,
    };
    object.finish(ignored);
    Ok(patch)
}

fn suspicious_ip_throttling(
    mut object: Object,
    ignored: &mut Ignored,
) -> Result<SuspiciousIpThrottlingPatch> {
    let mut patch = SuspiciousIpThrottlingPatch {
        enabled: object.flag("enabled")?,
        shields: object.texts("shields")?,
        allowlist: object.texts("allowlist")?,
        ..SuspiciousIpThrottlingPatch::default()
    };
    if let Some(mut stage) = object.object("stage")? {
        (patch.pre_login_max_attempts, patch.pre_login_rate_ms) =
            rate(&mut stage, "pre-login", ignored)?;
        (
            patch.pre_user_registration_max_attempts,
            patch.pre_user_registration_rate_ms,
        ) = rate(&mut stage, "pre-user-registration", ignored)?;
        stage.finish(ignored);
    }
    object.finish(ignored);
    Ok(patch)
}

/// Attempts at once, and milliseconds for one more.
fn rate(
    stage: &mut Object,
    name: &str,
    ignored: &mut Ignored,
) -> Result<(Option<u32>, Option<u32>)> {
    let Some(mut object) = stage.object(name)? else {
        return Ok((None, None));
    };
    let rate = (object.count("max_attempts")?, object.count("rate")?);
    object.finish(ignored);
    Ok(rate)
}
