//! OAuth clients, in Auth0's words applications.

use std::collections::{BTreeMap, HashSet};

use doorward_oauth2_types::auth0::{
    AppType, OrganizationDiscoveryMethod, OrganizationRequireBehavior, OrganizationUsage,
};
use doorward_oauth2_types::redirect_uri::{MatchedRedirectUri, RegisteredOrigin, RegisteredUri};
use doorward_oauth2_types::{GrantType, SigningAlg};
use url::Url;

use super::Connection;

/// A client with the connections that are enabled for it, and what it may ask of which API.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_field_names, reason = "names of OAuth and Auth0")]
pub(crate) struct Client {
    pub(crate) client_id: String,
    /// Shown on the pages.
    pub(crate) name: String,
    pub(crate) app_type: Option<AppType>,
    /// https URL of a logo.
    pub(crate) logo_uri: Option<String>,
    pub(crate) party: Party,
    pub(crate) grant_types: Vec<GrantType>,
    /// Registered redirection URIs (RFC 6749 §3.1.2.2).
    pub(crate) callbacks: Vec<RegisteredUri>,
    /// The callback of a request that names none: the only one registered.
    pub(crate) only_callback: Option<MatchedRedirectUri>,
    /// Where a logout may lead that names this client.
    pub(crate) allowed_logout_urls: Vec<RegisteredUri>,
    /// Origins that `web_message` answers may be posted to.
    pub(crate) web_origins: Vec<RegisteredOrigin>,
    /// Origins of cross-origin calls, those of callbacks included.
    pub(crate) cors_origins: Vec<RegisteredOrigin>,
    /// Page that begins a sign-in.
    pub(crate) initiate_login_uri: Option<Url>,
    pub(crate) id_token_lifetime_seconds: u32,
    /// How ID tokens are signed.
    pub(crate) id_token_signing_alg: SigningAlg,
    pub(crate) organization_usage: OrganizationUsage,
    /// Decides about requests that name no organization.
    pub(crate) organization_require_behavior: OrganizationRequireBehavior,
    /// How users name their organization before the sign-in.
    pub(crate) organization_discovery_methods: Vec<OrganizationDiscoveryMethod>,
    /// Whether every request asks the user to sign in.
    pub(crate) sso_disabled: bool,
    /// `None`: the tenant's setting counts.
    pub(crate) skip_non_verifiable_callback_uri_confirmation_prompt: Option<bool>,
    /// The tenant's default directory first.
    pub(crate) connections: Vec<Connection>,
    /// At most one for each API.
    pub(crate) client_grants: Vec<ClientGrant>,
    /// For custom claims and the post-login hook.
    pub(crate) metadata: BTreeMap<String, String>,
}

impl Client {
    pub(crate) fn is_native(&self) -> bool {
        self.app_type.is_some_and(AppType::is_native)
    }

    pub(crate) fn is_first_party(&self) -> bool {
        self.party == Party::First
    }

    pub(crate) fn is_strict_third_party(&self) -> bool {
        self.party == Party::StrictThird
    }

    /// The target of a logout that names this client and no URL: the first one registered, unless it has a placeholder.
    pub(crate) fn default_logout_url(&self) -> Option<&str> {
        let first = self.allowed_logout_urls.first();
        let plain = first.filter(|url| url.placeholder().is_none());
        plain.map(RegisteredUri::as_str)
    }
}

/// The owner of a client, which decides about its rights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Party {
    /// The tenant's own.
    First,
    /// Another party's, which needs consent.
    #[default]
    Third,
    /// Another party's in Auth0's strict mode: no tokens from the front channel, errors on a page of ours.
    StrictThird,
}

/// The scopes of an API that a client may request for users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientGrant {
    /// The API's identifier.
    pub(crate) audience: String,
    /// The scopes that may be granted, at most.
    pub(crate) scopes: HashSet<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_url_is_the_default_of_a_logout() {
        let cases: [(&[&str], Option<&str>); 4] = [
            (&[], None),
            (
                &["https://a.test/bye", "https://b.test"],
                Some("https://a.test/bye"),
            ),
            (&["https://*.a.test/bye", "https://b.test"], None),
            (&["https://{organization_name}.a.test/"], None),
        ];
        for (urls, expected) in cases {
            let urls = urls.iter().map(|url| RegisteredUri::parse(url).unwrap());
            let client = Client {
                allowed_logout_urls: urls.collect(),
                ..Client::default()
            };
            assert_eq!(client.default_logout_url(), expected, "{client:?}");
        }
    }
}
