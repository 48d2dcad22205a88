//! OAuth clients, in Auth0's words applications.

use super::id::id;
use super::word::words;

id! {
    /// 32 letters and digits, or whatever a tenant file gave.
    ClientId = doorward_service_kit::alphanumeric(32)
}

impl ClientId {
    /// A new id that tells a strict third-party application from others, as on Auth0.
    pub(super) fn generate_strict() -> Self {
        Self(format!("tpc_{}", doorward_service_kit::alphanumeric(32)))
    }
}

words! {
    /// What kind of program the application is.
    AppType {
        /// Not told.
        #[default]
        Unset = "",
        /// Runs in a browser.
        Spa = "spa",
        /// Runs on a device.
        Native = "native",
        /// Runs on a server, used by a browser.
        RegularWeb = "regular_web",
        /// Used by machines.
        NonInteractive = "non_interactive",
    }
}

words! {
    /// Whether sign-ins name an organization.
    OrganizationUsage {
        /// Naming one is an error.
        #[default]
        Deny = "deny",
        /// With or without.
        Allow = "allow",
        /// Always.
        Require = "require",
    }
}

words! {
    /// How a sign-in that must name an organization, but does not, learns of it.
    OrganizationRequireBehavior {
        /// It does not.
        #[default]
        NoPrompt = "no_prompt",
        /// The user is asked before the login.
        PreLoginPrompt = "pre_login_prompt",
        /// The user is asked after the login.
        PostLoginPrompt = "post_login_prompt",
    }
}

words! {
    /// How the client proves itself at the token endpoint.
    TokenEndpointAuthMethod {
        /// Not at all: the client is public (RFC 6749 §2.1).
        #[default]
        None = "none",
        /// Secret in the body.
        ClientSecretPost = "client_secret_post",
        /// Secret in the `Authorization` header.
        ClientSecretBasic = "client_secret_basic",
    }
}

words! {
    /// How much a third-party application may do.
    ThirdPartySecurityMode {
        /// As much as a first-party one, with consent.
        #[default]
        Permissive = "permissive",
        /// Little; among others, it registers no placeholders.
        Strict = "strict",
    }
}

words! {
    /// Algorithm of a token's signature; RFC 7518 §3.1.
    SigningAlg {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        #[default]
        Rs256 = "RS256",
    }
}

/// An OAuth client. What each field means stands in `client_registry.proto`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct Client {
    pub client_id: ClientId,
    pub name: String,
    pub app_type: AppType,
    pub logo_uri: String,
    pub is_first_party: bool,
    pub grant_types: Vec<String>,
    pub callbacks: Vec<String>,
    pub allowed_logout_urls: Vec<String>,
    pub web_origins: Vec<String>,
    pub allowed_origins: Vec<String>,
    pub initiate_login_uri: String,
    pub id_token_lifetime_seconds: u32,
    pub id_token_signing_alg: SigningAlg,
    pub organization_usage: OrganizationUsage,
    pub organization_require_behavior: OrganizationRequireBehavior,
    pub sso_disabled: bool,
    pub token_endpoint_auth_method: TokenEndpointAuthMethod,
    pub skip_non_verifiable_callback_uri_confirmation_prompt: Option<bool>,
    pub third_party_security_mode: ThirdPartySecurityMode,
}

impl Client {
    const ID_TOKEN_LIFETIME_SECONDS: u32 = 36_000;

    /// A client with every setting at its default. Public clients do not act on their own behalf.
    #[must_use]
    pub fn new(client_id: ClientId, name: String, method: TokenEndpointAuthMethod) -> Self {
        let mut grant_types = vec!["authorization_code", "implicit", "refresh_token"];
        if method != TokenEndpointAuthMethod::None {
            grant_types.push("client_credentials");
        }
        Self {
            client_id,
            name,
            app_type: AppType::default(),
            logo_uri: String::new(),
            is_first_party: true,
            grant_types: grant_types.into_iter().map(str::to_owned).collect(),
            callbacks: Vec::new(),
            allowed_logout_urls: Vec::new(),
            web_origins: Vec::new(),
            allowed_origins: Vec::new(),
            initiate_login_uri: String::new(),
            id_token_lifetime_seconds: Self::ID_TOKEN_LIFETIME_SECONDS,
            id_token_signing_alg: SigningAlg::default(),
            organization_usage: OrganizationUsage::default(),
            organization_require_behavior: OrganizationRequireBehavior::default(),
            sso_disabled: false,
            token_endpoint_auth_method: method,
            skip_non_verifiable_callback_uri_confirmation_prompt: None,
            third_party_security_mode: ThirdPartySecurityMode::default(),
        }
    }
}
