//! OAuth clients, in Auth0's words applications.

use std::collections::BTreeMap;

use doorward_oauth2_types::auth0::{
    AppType, OrganizationDiscoveryMethod, OrganizationRequireBehavior, OrganizationUsage,
    ThirdPartySecurityMode,
};
use doorward_oauth2_types::{ClientAuthenticationMethod, GrantType, SigningAlg};
use serde::{Deserialize, Serialize};

use super::id::id;

id! {
    /// 32 letters and digits, or what the tenant file gave.
    ClientId = doorward_service_kit::alphanumeric(32)
}

impl ClientId {
    /// A new id by which a strict third-party application can be recognized, as on Auth0.
    pub(super) fn generate_strict() -> Self {
        Self(format!("tpc_{}", doorward_service_kit::alphanumeric(32)))
    }
}

/// An OAuth client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Sent as `client_id`.
    pub client_id: ClientId,
    /// Shown on the pages.
    pub name: String,
    /// Everything else.
    pub settings: ClientSettings,
}

/// Settings of a client, stored as one JSON document. `client_registry.proto` says what each field means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ClientSettings {
    pub app_type: Option<AppType>,
    pub logo_uri: Option<String>,
    pub is_first_party: bool,
    pub grant_types: Vec<GrantType>,
    pub callbacks: Vec<String>,
    pub allowed_logout_urls: Vec<String>,
    pub web_origins: Vec<String>,
    pub allowed_origins: Vec<String>,
    pub initiate_login_uri: Option<String>,
    pub id_token_lifetime_seconds: u32,
    pub id_token_signing_alg: SigningAlg,
    pub organization_usage: OrganizationUsage,
    pub organization_require_behavior: OrganizationRequireBehavior,
    pub organization_discovery_methods: Vec<OrganizationDiscoveryMethod>,
    pub sso_disabled: bool,
    pub token_endpoint_auth_method: ClientAuthenticationMethod,
    pub skip_non_verifiable_callback_uri_confirmation_prompt: Option<bool>,
    pub third_party_security_mode: ThirdPartySecurityMode,
    pub client_metadata: BTreeMap<String, String>,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            app_type: None,
            logo_uri: None,
            is_first_party: true,
            grant_types: vec![
                GrantType::AuthorizationCode,
                GrantType::Implicit,
                GrantType::RefreshToken,
            ],
            callbacks: Vec::new(),
            allowed_logout_urls: Vec::new(),
            web_origins: Vec::new(),
            allowed_origins: Vec::new(),
            initiate_login_uri: None,
            id_token_lifetime_seconds: 36_000,
            id_token_signing_alg: SigningAlg::default(),
            organization_usage: OrganizationUsage::default(),
            organization_require_behavior: OrganizationRequireBehavior::default(),
            organization_discovery_methods: vec![OrganizationDiscoveryMethod::OrganizationName],
            sso_disabled: false,
            token_endpoint_auth_method: ClientAuthenticationMethod::default(),
            skip_non_verifiable_callback_uri_confirmation_prompt: None,
            third_party_security_mode: ThirdPartySecurityMode::default(),
            client_metadata: BTreeMap::new(),
        }
    }
}

impl ClientSettings {
    /// The defaults of a new client. Public clients do not act on their own behalf.
    #[must_use]
    pub fn new(method: ClientAuthenticationMethod) -> Self {
        let mut settings = Self {
            token_endpoint_auth_method: method,
            ..Self::default()
        };
        if !method.is_public() {
            settings.grant_types.push(GrantType::ClientCredentials);
        }
        settings
    }
}
