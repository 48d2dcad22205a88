//! OAuth resource servers, in Auth0's words APIs.

use doorward_oauth2_types::SigningAlg;
use doorward_oauth2_types::auth0::{TokenDialect, UserAccess};
use serde::{Deserialize, Serialize};

use super::id::id;

id! {
    /// 24 hexadecimal characters, or what the tenant file gave.
    ResourceServerId = doorward_service_kit::hex()
}

/// One scope that an API defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Sent in `scope`.
    pub value: String,
    /// Shown to users.
    #[serde(default)]
    pub description: Option<String>,
}

/// An OAuth resource server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceServer {
    /// Never changes.
    pub id: ResourceServerId,
    /// The `audience`; never changes.
    pub identifier: String,
    /// Shown on the pages.
    pub name: String,
    /// Everything else.
    pub settings: ResourceServerSettings,
}

/// Settings of an API, stored as one JSON document. `client_registry.proto` says what each field means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ResourceServerSettings {
    pub scopes: Vec<Scope>,
    pub signing_alg: SigningAlg,
    pub token_lifetime_seconds: u32,
    pub token_lifetime_for_web_seconds: u32,
    pub skip_consent_for_verifiable_first_party_clients: bool,
    pub token_dialect: TokenDialect,
    pub allow_offline_access: bool,
    pub enforce_policies: bool,
    pub user_access: UserAccess,
}

impl Default for ResourceServerSettings {
    fn default() -> Self {
        Self {
            scopes: Vec::new(),
            signing_alg: SigningAlg::default(),
            token_lifetime_seconds: 86_400,
            token_lifetime_for_web_seconds: 7_200,
            skip_consent_for_verifiable_first_party_clients: false,
            token_dialect: TokenDialect::default(),
            allow_offline_access: false,
            enforce_policies: false,
            user_access: UserAccess::default(),
        }
    }
}

impl ResourceServer {
    /// An API with every setting at its default.
    #[must_use]
    pub fn new(id: ResourceServerId, identifier: String) -> Self {
        Self {
            id,
            name: identifier.clone(),
            identifier,
            settings: ResourceServerSettings::default(),
        }
    }
}
