//! Claims that the tenant adds to tokens.

use doorward_oauth2_types::{ClaimSource, CustomClaimName};
use serde_json::Value;

/// A claim that the tenant adds to tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CustomClaim {
    pub(crate) name: CustomClaimName,
    pub(crate) value: CustomClaimValue,
    /// Whether ID tokens and the answers of `/userinfo` have it.
    pub(crate) id_token: bool,
    /// Whether JWT access tokens have it.
    pub(crate) access_token: bool,
    /// Ids of the clients whose tokens have it; empty: all.
    pub(crate) clients: Vec<String>,
    /// The APIs whose requests lead to it; empty: all, and requests for none.
    pub(crate) audiences: Vec<String>,
}

/// Where the value of a custom claim comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CustomClaimValue {
    Source(ClaimSource),
    Constant(Value),
}

impl CustomClaim {
    /// Whether tokens of this client for this API have it.
    pub(crate) fn is_for(&self, client_id: &str, audience: Option<&str>) -> bool {
        let of_client = self.clients.is_empty() || self.clients.iter().any(|it| it == client_id);
        let of_api = self.audiences.is_empty()
            || audience.is_some_and(|audience| self.audiences.iter().any(|it| it == audience));
        of_client && of_api
    }
}
