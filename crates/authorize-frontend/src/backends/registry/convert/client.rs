//! `Client`, `Connection` and `ClientGrant` messages.

use doorward_oauth2_types::auth0::{
    AppType, OrganizationDiscoveryMethod, OrganizationRequireBehavior, OrganizationUsage,
    ThirdPartySecurityMode,
};
use doorward_oauth2_types::redirect_uri::{RegisteredOrigin, only_registered};
use doorward_oauth2_types::{GrantType, SigningAlg};
use doorward_proto::client_registry::v1 as wire;
use doorward_proto::{InvalidField, WireEnum};

use super::{list, uris, url};
use crate::backends::convert::required_text;
use crate::model::{Client, ClientGrant, Connection, Party};

/// Without connections and client grants, which arrive beside it.
impl TryFrom<wire::Client> for Client {
    type Error = InvalidField;

    fn try_from(client: wire::Client) -> Result<Self, Self::Error> {
        let callbacks = uris("callbacks", &client.callbacks);
        // Of several callbacks none is the only one, also if the others cannot be used.
        let is_only = client.callbacks.len() == 1;
        let listed = list(
            "allowed_origins",
            &client.allowed_origins,
            RegisteredOrigin::parse,
        );
        let of_callbacks = callbacks.iter().filter_map(RegisteredOrigin::of);
        let grant_types = client.grant_types.iter();
        Ok(Self {
            party: party(&client),
            // A usage that this version does not know allows no organization.
            organization_usage: OrganizationUsage::from_wire(client.organization_usage)
                .unwrap_or_default(),
            organization_require_behavior: OrganizationRequireBehavior::from_wire(
                client.organization_require_behavior,
            )
            .unwrap_or_default(),
            organization_discovery_methods: client
                .organization_discovery_methods
                .iter()
                .filter_map(|method| OrganizationDiscoveryMethod::from_wire(*method))
                .collect(),
            // mutant: first-of-several-callbacks-assumed
            only_callback: only_registered(&callbacks).filter(|_| is_only),
            cors_origins: listed.into_iter().chain(of_callbacks).collect(),
            callbacks,
            client_id: required_text("client_id", client.client_id)?,
            name: client.name,
            app_type: AppType::from_wire(client.app_type),
            logo_uri: client.logo_uri,
            grant_types: grant_types.map(|it| GrantType::from(it.as_str())).collect(),
            allowed_logout_urls: uris("allowed_logout_urls", &client.allowed_logout_urls),
            web_origins: list("web_origins", &client.web_origins, RegisteredOrigin::parse),
            initiate_login_uri: url("initiate_login_uri", client.initiate_login_uri.as_deref()),
            id_token_lifetime_seconds: client.id_token_lifetime_seconds,
            // An algorithm that this version does not know is not one that it could publish keys of.
            id_token_signing_alg: SigningAlg::from_wire(client.id_token_signing_alg)
                .unwrap_or_default(),
            sso_disabled: client.sso_disabled,
            skip_non_verifiable_callback_uri_confirmation_prompt: client
                .skip_non_verifiable_callback_uri_confirmation_prompt,
            connections: Vec::new(),
            client_grants: Vec::new(),
            metadata: client.client_metadata.into_iter().collect(),
        })
    }
}

/// The security mode has no meaning for a first-party client.
fn party(client: &wire::Client) -> Party {
    let mode = ThirdPartySecurityMode::from_wire(client.third_party_security_mode);
    match mode {
        _ if client.is_first_party => Party::First,
        Some(ThirdPartySecurityMode::Strict) => Party::StrictThird,
        Some(ThirdPartySecurityMode::Permissive) | None => Party::Third,
    }
}

impl From<wire::Connection> for Connection {
    fn from(connection: wire::Connection) -> Self {
        Self {
            name: connection.name,
            allows_signup: !connection.disable_signup,
            min_password_length: connection.min_password_length,
        }
    }
}

impl From<wire::ClientGrant> for ClientGrant {
    fn from(grant: wire::ClientGrant) -> Self {
        Self {
            audience: grant.audience,
            scopes: grant.scopes.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
