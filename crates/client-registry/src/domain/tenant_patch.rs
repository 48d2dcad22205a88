//! Changing the tenant's settings.

use doorward_oauth2_types::auth0::ResourceParameterProfile;
use doorward_proto::InvalidField;

use super::draft::{Change, Draft, Fields, change_all, set_all};
use super::tenant::HOUR;
use super::{
    BruteForceProtectionPatch, CustomClaim, Entity, SessionLifetimes, SuspiciousIpThrottlingPatch,
    Tenant, custom_claim, rule,
};

/// A year.
const MAX_ABSOLUTE_MINUTES: u32 = 8_760 * HOUR;
/// A hundred days.
const MAX_IDLE_MINUTES: u32 = 2_400 * HOUR;
const MAX_NAME: usize = 255;
const MAX_LOCALES: usize = 100;

/// Changes to the tenant's settings. Absent fields keep their value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct TenantPatch {
    pub friendly_name: Change<String>,
    pub picture_url: Change<String>,
    pub support_email: Change<String>,
    pub support_url: Change<String>,
    pub default_audience: Change<String>,
    pub default_directory: Change<String>,
    pub default_redirection_uri: Change<String>,
    pub allowed_logout_urls: Option<Vec<String>>,
    pub session_lifetime_minutes: Option<u32>,
    pub idle_session_lifetime_minutes: Option<u32>,
    pub ephemeral_session_lifetime_minutes: Option<u32>,
    pub idle_ephemeral_session_lifetime_minutes: Option<u32>,
    pub persistent_session_cookie: Option<bool>,
    pub enable_client_connections: Option<bool>,
    pub authorization_response_iss_parameter_supported: Option<bool>,
    pub skip_non_verifiable_callback_uri_confirmation_prompt: Option<bool>,
    pub use_scope_descriptions_for_consent: Option<bool>,
    pub enabled_locales: Option<Vec<String>>,
    pub resource_parameter_profile: Option<ResourceParameterProfile>,
    pub require_openid_scope: Option<bool>,
    pub rp_logout_end_session_endpoint_discovery: Option<bool>,
    pub oidc_logout_prompt_enabled: Option<bool>,
    pub allow_organization_name_in_authentication_api: Option<bool>,
    pub include_tenant_roles_in_organizations: Option<bool>,
    pub consume_invitation_on_mismatch: Option<bool>,
    pub numeric_updated_at: Option<bool>,
    pub custom_claims: Option<Vec<CustomClaim>>,
    pub post_login_hook_may_fail: Option<bool>,
    pub brute_force_protection: BruteForceProtectionPatch,
    pub suspicious_ip_throttling: SuspiciousIpThrottlingPatch,
}

impl TenantPatch {
    /// Checks the values that need no knowledge of the stored settings.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let tenant = Entity::tenant();
        let text = |max_length| rule::text(1..=max_length);
        let logout_urls = self.allowed_logout_urls.as_deref();
        tenant.check("friendly_name", self.friendly_name.text(), text(MAX_NAME))?;
        tenant.check("picture_url", self.picture_url.text(), rule::https_url)?;
        tenant.check("support_email", self.support_email.text(), rule::email)?;
        tenant.check("support_url", self.support_url.text(), rule::web_url)?;
        tenant.check(
            "default_audience",
            self.default_audience.text(),
            rule::identifier,
        )?;
        tenant.check(
            "default_directory",
            self.default_directory.text(),
            text(MAX_NAME),
        )?;
        tenant.check(
            "default_redirection_uri",
            self.default_redirection_uri.text(),
            rule::default_redirection_uri,
        )?;
        tenant.check_each("allowed_logout_urls", logout_urls, rule::logout_url)?;
        custom_claim::validate(self.custom_claims.as_deref().unwrap_or_default())?;
        self.brute_force_protection.validate()?;
        self.suspicious_ip_throttling.validate()?;
        self.validate_locales(&tenant)?;
        self.validate_lifetimes(&tenant)
    }

    fn validate_locales(&self, tenant: &Entity) -> Result<(), InvalidField> {
        let locales = self.enabled_locales.as_deref();
        tenant.check_count("enabled_locales", locales, MAX_LOCALES)?;
        tenant.check_each("enabled_locales", locales, rule::language_tag)
    }

    fn validate_lifetimes(&self, tenant: &Entity) -> Result<(), InvalidField> {
        for (field, minutes, most) in [
            (
                "session_lifetime_minutes",
                self.session_lifetime_minutes,
                MAX_ABSOLUTE_MINUTES,
            ),
            (
                "idle_session_lifetime_minutes",
                self.idle_session_lifetime_minutes,
                MAX_IDLE_MINUTES,
            ),
            (
                "ephemeral_session_lifetime_minutes",
                self.ephemeral_session_lifetime_minutes,
                MAX_ABSOLUTE_MINUTES,
            ),
            (
                "idle_ephemeral_session_lifetime_minutes",
                self.idle_ephemeral_session_lifetime_minutes,
                MAX_IDLE_MINUTES,
            ),
        ] {
            tenant.check_range(field, minutes, 1..=most)?;
        }
        Ok(())
    }

    pub(super) fn apply(self, draft: &mut Draft<Tenant>) {
        let Draft {
            object: tenant,
            fields,
            ..
        } = draft;
        self.apply_lifetimes(&mut tenant.session_lifetimes, fields);
        change_all!(
            fields, tenant, self: friendly_name, picture_url, support_email, support_url, default_audience,
            default_directory, default_redirection_uri,
        );
        set_all!(
            fields, tenant, self: allowed_logout_urls, enable_client_connections, authorization_response_iss_parameter_supported,
            skip_non_verifiable_callback_uri_confirmation_prompt, use_scope_descriptions_for_consent,
            enabled_locales, resource_parameter_profile, require_openid_scope,
            rp_logout_end_session_endpoint_discovery, oidc_logout_prompt_enabled,
            allow_organization_name_in_authentication_api, include_tenant_roles_in_organizations,
            consume_invitation_on_mismatch, numeric_updated_at, custom_claims, post_login_hook_may_fail
        );
        let protection = &mut tenant.attack_protection;
        let brute_force = &mut protection.brute_force_protection;
        self.brute_force_protection.apply(brute_force, fields);
        let throttling = &mut protection.suspicious_ip_throttling;
        self.suspicious_ip_throttling.apply(throttling, fields);
    }

    fn apply_lifetimes(&self, lifetimes: &mut SessionLifetimes, fields: &mut Fields) {
        let SessionLifetimes {
            absolute_minutes: absolute,
            idle_minutes: idle,
            ephemeral_absolute_minutes: ephemeral,
            ephemeral_idle_minutes: idle_ephemeral,
            persistent,
        } = lifetimes;
        let desired = self.session_lifetime_minutes;
        fields.set("session_lifetime_minutes", absolute, desired);
        let desired = self.idle_session_lifetime_minutes;
        let desired = cut(desired.unwrap_or(*idle), *absolute);
        fields.set("idle_session_lifetime_minutes", idle, Some(desired));

        let desired = self.ephemeral_session_lifetime_minutes;
        fields.set("ephemeral_session_lifetime_minutes", ephemeral, desired);
        let desired = self.idle_ephemeral_session_lifetime_minutes;
        let desired = cut(desired.unwrap_or(*idle_ephemeral), *ephemeral);
        let field = "idle_ephemeral_session_lifetime_minutes";
        fields.set(field, idle_ephemeral, Some(desired));

        let desired = self.persistent_session_cookie;
        fields.set("persistent_session_cookie", persistent, desired);
    }
}

/// An idle lifetime is never longer than the absolute one.
fn cut(idle: u32, absolute: u32) -> u32 {
    idle.min(absolute)
}
