//! OAuth resource servers, in Auth0's words APIs.

use serde::{Deserialize, Serialize};

use super::SigningAlg;
use super::id::id;
use super::word::words;

id! {
    /// 24 hexadecimal characters, or whatever a tenant file gave.
    ResourceServerId = doorward_service_kit::hex()
}

words! {
    /// What access tokens look like; `authz` ones carry the user's permissions.
    TokenDialect {
        /// Auth0's own.
        #[default]
        AccessToken = "access_token",
        /// Auth0's own, with permissions.
        AccessTokenAuthz = "access_token_authz",
        /// RFC 9068.
        Rfc9068Profile = "rfc9068_profile",
        /// RFC 9068, with permissions.
        Rfc9068ProfileAuthz = "rfc9068_profile_authz",
    }
}

words! {
    /// Which applications may get access tokens of users.
    UserAccess {
        /// Every application.
        #[default]
        AllowAll = "allow_all",
        /// Those with a client grant.
        RequireClientGrant = "require_client_grant",
        /// None.
        DenyAll = "deny_all",
    }
}

/// One scope that an API defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Sent in `scope`.
    pub value: String,
    /// Shown to users; may be empty.
    pub description: String,
}

/// An OAuth resource server. What each field means stands in `client_registry.proto`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ResourceServer {
    pub id: ResourceServerId,
    pub identifier: String,
    pub name: String,
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

impl ResourceServer {
    const TOKEN_LIFETIME_SECONDS: u32 = 86_400;
    const TOKEN_LIFETIME_FOR_WEB_SECONDS: u32 = 7_200;

    /// An API with every setting at its default.
    #[must_use]
    pub fn new(id: ResourceServerId, identifier: String) -> Self {
        Self {
            id,
            name: identifier.clone(),
            identifier,
            scopes: Vec::new(),
            signing_alg: SigningAlg::default(),
            token_lifetime_seconds: Self::TOKEN_LIFETIME_SECONDS,
            token_lifetime_for_web_seconds: Self::TOKEN_LIFETIME_FOR_WEB_SECONDS,
            skip_consent_for_verifiable_first_party_clients: false,
            token_dialect: TokenDialect::default(),
            allow_offline_access: false,
            enforce_policies: false,
            user_access: UserAccess::default(),
        }
    }
}
