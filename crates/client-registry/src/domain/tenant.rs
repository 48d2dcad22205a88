//! Settings that hold for the whole tenant.

use super::word::words;

/// In minutes.
pub(super) const HOUR: u32 = 60;

words! {
    /// What stands for the API in a request.
    ResourceParameterProfile {
        /// `audience` alone.
        #[default]
        Audience = "audience",
        /// `resource` (RFC 8707) too, where there is no `audience`.
        Compatibility = "compatibility",
    }
}

/// Tenant settings. What each field means stands in `client_registry.proto`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "settings that do not depend on one another"
)]
pub struct Tenant {
    pub friendly_name: String,
    pub picture_url: String,
    pub support_email: String,
    pub support_url: String,
    pub default_audience: String,
    pub default_directory: String,
    pub default_redirection_uri: String,
    pub allowed_logout_urls: Vec<String>,
    pub session_lifetimes: SessionLifetimes,
    pub enable_client_connections: bool,
    pub authorization_response_iss_parameter_supported: bool,
    pub skip_non_verifiable_callback_uri_confirmation_prompt: bool,
    pub use_scope_descriptions_for_consent: bool,
    pub enabled_locales: Vec<String>,
    pub resource_parameter_profile: ResourceParameterProfile,
    pub require_openid_scope: bool,
    pub rp_logout_end_session_endpoint_discovery: bool,
    pub oidc_logout_prompt_enabled: bool,
}

/// How long SSO sessions live.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct SessionLifetimes {
    pub absolute_minutes: u32,
    pub idle_minutes: u32,
    pub ephemeral_absolute_minutes: u32,
    pub ephemeral_idle_minutes: u32,
    pub persistent: bool,
}

impl Default for Tenant {
    fn default() -> Self {
        Self {
            friendly_name: String::new(),
            picture_url: String::new(),
            support_email: String::new(),
            support_url: String::new(),
            default_audience: String::new(),
            default_directory: String::new(),
            default_redirection_uri: String::new(),
            allowed_logout_urls: Vec::new(),
            session_lifetimes: SessionLifetimes::default(),
            enable_client_connections: true,
            authorization_response_iss_parameter_supported: false,
            skip_non_verifiable_callback_uri_confirmation_prompt: false,
            use_scope_descriptions_for_consent: false,
            enabled_locales: Vec::new(),
            resource_parameter_profile: ResourceParameterProfile::default(),
            require_openid_scope: false,
            rp_logout_end_session_endpoint_discovery: true,
            oidc_logout_prompt_enabled: true,
        }
    }
}

impl Default for SessionLifetimes {
    fn default() -> Self {
        Self {
            absolute_minutes: 168 * HOUR,
            idle_minutes: 72 * HOUR,
            ephemeral_absolute_minutes: 72 * HOUR,
            ephemeral_idle_minutes: 24 * HOUR,
            persistent: true,
        }
    }
}
