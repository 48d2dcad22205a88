//! Bringing the tenant's settings to a wanted state.

use doorward_proto::InvalidField;

use super::draft::{Draft, Fields, set_all};
use super::tenant::HOUR;
use super::{Object, ResourceParameterProfile, SessionLifetimes, Tenant, rule};

/// A year.
const MAX_ABSOLUTE_MINUTES: u32 = 8_760 * HOUR;
/// A hundred days.
const MAX_IDLE_MINUTES: u32 = 2_400 * HOUR;
const MAX_NAME: usize = 255;
const MAX_LOCALES: usize = 100;

/// What the tenant's settings shall be; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct TenantPatch {
    pub friendly_name: Option<String>,
    pub picture_url: Option<String>,
    pub support_email: Option<String>,
    pub support_url: Option<String>,
    pub default_audience: Option<String>,
    pub default_directory: Option<String>,
    pub default_redirection_uri: Option<String>,
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
}

impl TenantPatch {
    /// Refuses what no tenant may have.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let tenant = Object::tenant();
        let text = |max_length| rule::text(0..=max_length);
        let https_url = rule::or_empty(rule::https_url);
        let redirection_uri = self.default_redirection_uri.as_deref();
        let logout_urls = self.allowed_logout_urls.as_deref();
        tenant.check(
            "friendly_name",
            self.friendly_name.as_deref(),
            text(MAX_NAME),
        )?;
        tenant.check("picture_url", self.picture_url.as_deref(), &https_url)?;
        tenant.check(
            "support_email",
            self.support_email.as_deref(),
            rule::or_empty(rule::email),
        )?;
        tenant.check(
            "support_url",
            self.support_url.as_deref(),
            rule::or_empty(rule::web_url),
        )?;
        tenant.check(
            "default_audience",
            self.default_audience.as_deref(),
            text(rule::MAX_IDENTIFIER),
        )?;
        tenant.check(
            "default_directory",
            self.default_directory.as_deref(),
            text(MAX_NAME),
        )?;
        let login_page = rule::or_empty(rule::login_page);
        tenant.check("default_redirection_uri", redirection_uri, login_page)?;
        tenant.check_each("allowed_logout_urls", logout_urls, rule::logout_url)?;
        self.validate_locales(&tenant)?;
        self.validate_lifetimes(&tenant)
    }

    fn validate_locales(&self, tenant: &Object) -> Result<(), InvalidField> {
        let locales = self.enabled_locales.as_deref();
        tenant.check_count("enabled_locales", locales, MAX_LOCALES)?;
        tenant.check_each("enabled_locales", locales, rule::language_tag)
    }

    fn validate_lifetimes(&self, tenant: &Object) -> Result<(), InvalidField> {
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
        set_all!(
            fields, tenant, self: friendly_name, picture_url, support_email, support_url,
            default_audience, default_directory, default_redirection_uri, allowed_logout_urls,
            enable_client_connections, authorization_response_iss_parameter_supported,
            skip_non_verifiable_callback_uri_confirmation_prompt, use_scope_descriptions_for_consent,
            enabled_locales, resource_parameter_profile, require_openid_scope,
            rp_logout_end_session_endpoint_discovery, oidc_logout_prompt_enabled
        );
    }

    fn apply_lifetimes(&self, lifetimes: &mut SessionLifetimes, fields: &mut Fields) {
        let SessionLifetimes {
            absolute_minutes: absolute,
            idle_minutes: idle,
            ephemeral_absolute_minutes: ephemeral,
            ephemeral_idle_minutes: idle_ephemeral,
            persistent,
        } = lifetimes;
        let wanted = self.session_lifetime_minutes;
        fields.set("session_lifetime_minutes", absolute, wanted);
        let wanted = self.idle_session_lifetime_minutes;
        let wanted = cut(wanted.unwrap_or(*idle), *absolute);
        fields.set("idle_session_lifetime_minutes", idle, Some(wanted));

        let wanted = self.ephemeral_session_lifetime_minutes;
        fields.set("ephemeral_session_lifetime_minutes", ephemeral, wanted);
        let wanted = self.idle_ephemeral_session_lifetime_minutes;
        let wanted = cut(wanted.unwrap_or(*idle_ephemeral), *ephemeral);
        let field = "idle_ephemeral_session_lifetime_minutes";
        fields.set(field, idle_ephemeral, Some(wanted));

        let wanted = self.persistent_session_cookie;
        fields.set("persistent_session_cookie", persistent, wanted);
    }
}

/// A session that is over cannot be idle any longer.
fn cut(idle: u32, absolute: u32) -> u32 {
    idle.min(absolute)
}
