//! OAuth resource servers, in Auth0's words APIs.

use std::collections::HashSet;

use doorward_oauth2_types::SigningAlg;
use doorward_oauth2_types::auth0::{TokenDialect, UserAccess};

/// An API that access tokens are issued for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Api {
    /// The `audience`.
    pub(crate) identifier: String,
    /// Shown on the pages.
    pub(crate) name: String,
    /// The scopes that it defines.
    pub(crate) scopes: ApiScopes,
    /// How its access tokens are signed.
    pub(crate) signing_alg: SigningAlg,
    /// Lifetime of access tokens from the token endpoint, in seconds.
    pub(crate) token_lifetime_seconds: u32,
    /// Lifetime of access tokens from `/authorize`, in seconds.
    pub(crate) token_lifetime_for_web_seconds: u32,
    /// Whether a first-party client needs no consent.
    pub(crate) skip_consent_for_verifiable_first_party_clients: bool,
    /// The form of its access tokens.
    pub(crate) token_dialect: TokenDialect,
    /// Whether granted scopes are limited to the user's permissions.
    pub(crate) enforce_policies: bool,
    /// Which clients may act for users here.
    pub(crate) user_access: UserAccess,
}

impl Api {
    /// Whether the API defines this scope.
    pub(crate) fn defines(&self, scope: &str) -> bool {
        self.scopes.values.contains(scope)
    }
}

/// The scopes of an API in the order of their definition. An API may define thousands, and a request may ask for all.
#[derive(Debug, Clone, Default)]
pub(crate) struct ApiScopes {
    scopes: Vec<ApiScope>,
    values: HashSet<String>,
}

impl ApiScopes {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &ApiScope> {
        self.scopes.iter()
    }
}

impl FromIterator<ApiScope> for ApiScopes {
    fn from_iter<T: IntoIterator<Item = ApiScope>>(scopes: T) -> Self {
        let scopes: Vec<_> = scopes.into_iter().collect();
        Self {
            values: scopes.iter().map(|scope| scope.value.clone()).collect(),
            scopes,
        }
    }
}

/// One scope of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiScope {
    /// The value in `scope`.
    pub(crate) value: String,
    /// Shown to users.
    pub(crate) description: Option<String>,
}
