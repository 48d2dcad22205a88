//! Settings that hold for the whole tenant.

use doorward_oauth2_types::auth0::ResourceParameterProfile;
use serde::{Deserialize, Serialize};

use super::{AttackProtection, CustomClaim};

/// In minutes.
pub(super) const HOUR: u32 = 60;

/// Tenant settings, stored as one JSON document. `client_registry.proto` says what each field means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "settings that do not depend on one another"
)]
pub struct Tenant {
    pub friendly_name: Option<String>,
    pub picture_url: Option<String>,
    pub support_email: Option<String>,
    pub support_url: Option<String>,
    pub default_audience: Option<String>,
    pub default_directory: Option<String>,
    pub default_redirection_uri: Option<String>,
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
    pub allow_organization_name_in_authentication_api: bool,
    pub include_tenant_roles_in_organizations: bool,
    /// Whether an invitation ends when another account opens it.
    pub consume_invitation_on_mismatch: bool,
    /// Whether `updated_at` is a number in ID tokens and at `/userinfo`.
    pub numeric_updated_at: bool,
    pub custom_claims: Vec<CustomClaim>,
    /// Whether tokens are issued although the post-login hook failed.
    pub post_login_hook_may_fail: bool,
    pub attack_protection: AttackProtection,
}

/// How long SSO sessions live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
            friendly_name: None,
            picture_url: None,
            support_email: None,
            support_url: None,
            default_audience: None,
            default_directory: None,
            default_redirection_uri: None,
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
            allow_organization_name_in_authentication_api: false,
            include_tenant_roles_in_organizations: false,
            consume_invitation_on_mismatch: false,
            numeric_updated_at: false,
            custom_claims: Vec::new(),
            post_login_hook_may_fail: false,
            attack_protection: AttackProtection::default(),
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
