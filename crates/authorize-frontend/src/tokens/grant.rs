//! Who gets what: everything that tokens are made of.

use std::borrow::Cow;

use doorward_oauth2_types::auth0::TokenDialect;
use doorward_oauth2_types::{ClaimSet, Scope, SigningAlg};
use jiff::Timestamp;

use super::CustomClaims;

/// The rights that a client was granted for a user, or for itself. The same for every grant type: made by `issue` from
/// a confirmed authorization request, and later from a code, a refresh token or client credentials.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grant {
    pub(crate) channel: TokenChannel,
    pub(crate) client: GrantedClient,
    /// `None`: the client acts for itself (RFC 6749 §4.4).
    pub(crate) user: Option<GrantedUser>,
    pub(crate) scope: Scope,
    /// The API that the access token is for; `None`: only `/userinfo`, and the token is opaque.
    pub(crate) api: Option<GrantedApi>,
    /// From the authorization request; `None`: it had none.
    pub(crate) nonce: Option<String>,
    /// When the user last proved a credential; `None`: no user did.
    pub(crate) auth_time: Option<Timestamp>,
    /// The SSO session; `None`: the grant has none, or has outlived it.
    pub(crate) sid: Option<String>,
    /// The organization that the user signed in to; `None`: none.
    pub(crate) organization: Option<GrantedOrganization>,
    /// All that the user is permitted at the API; `None`: its tokens do not include it.
    pub(crate) permissions: Option<Vec<String>>,
    /// Claims that the tenant adds.
    pub(crate) custom_claims: CustomClaims,
}

/// How tokens reach the client, which decides how long they live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenChannel {
    /// Through the browser, from the authorization endpoint.
    Front,
    /// Straight from the token endpoint.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "there is no token endpoint yet")
    )]
    Back,
}

/// The client that the tokens are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantedClient {
    pub(crate) client_id: String,
    pub(crate) id_token_lifetime_seconds: u32,
    pub(crate) id_token_signing_alg: SigningAlg,
}

/// The user that the tokens are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantedUser {
    pub(crate) user_id: String,
    /// Already cut to the granted scope, by [`user_claims`](super::user_claims).
    pub(crate) claims: ClaimSet,
}

/// The organization that the tokens are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantedOrganization {
    pub(crate) id: String,
    /// `None`: the tenant's tokens do not name it.
    pub(crate) name: Option<String>,
}

/// The API that an access token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantedApi {
    pub(crate) identifier: String,
    pub(crate) signing_alg: SigningAlg,
    pub(crate) dialect: TokenDialect,
    pub(crate) token_lifetime_seconds: u32,
    pub(crate) token_lifetime_for_web_seconds: u32,
}

impl Grant {
    /// The `sub` of both tokens. A client that acts for itself is named as Auth0 names it.
    pub(crate) fn sub(&self) -> Cow<'_, str> {
        match &self.user {
            Some(user) => user.user_id.as_str().into(),
            None => format!("{}@clients", self.client.client_id).into(),
        }
    }

    /// The `org_id` of the tokens.
    pub(crate) fn organization_id(&self) -> Option<String> {
        self.organization.as_ref().map(|it| it.id.clone())
    }

    /// The `org_name` of the tokens.
    pub(crate) fn organization_name(&self) -> Option<String> {
        self.organization.as_ref()?.name.clone()
    }

    /// The lifetime of the access token. Those of opaque tokens are Auth0's, which has no setting for them.
    pub(crate) fn access_token_lifetime_seconds(&self) -> u32 {
        match (&self.api, self.channel) {
            (None, TokenChannel::Front) => 7_200,
            (None, TokenChannel::Back) => 86_400,
            // mutant: token-lifetime-of-api-not-kept
            (Some(api), TokenChannel::Front) => api.token_lifetime_for_web_seconds,
            (Some(api), TokenChannel::Back) => api.token_lifetime_seconds,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Alice's, of client `app`, for `/userinfo`.
    pub(in crate::tokens) fn grant() -> Grant {
        Grant {
            channel: TokenChannel::Front,
            client: GrantedClient {
                client_id: "app".to_owned(),
                id_token_lifetime_seconds: 36_000,
                id_token_signing_alg: SigningAlg::Rs256,
            },
            user: Some(GrantedUser {
                user_id: "auth0|alice".to_owned(),
                claims: ClaimSet::default(),
            }),
            scope: "openid read:mail".parse().unwrap(),
            api: None,
            nonce: Some("n".to_owned()),
            auth_time: Some(Timestamp::UNIX_EPOCH),
            sid: Some("session".to_owned()),
            organization: None,
            permissions: None,
            custom_claims: CustomClaims::default(),
        }
    }

    pub(in crate::tokens) fn api() -> GrantedApi {
        GrantedApi {
            identifier: "https://api.test".to_owned(),
            signing_alg: SigningAlg::Rs256,
            dialect: TokenDialect::AccessToken,
            token_lifetime_seconds: 1_000,
            token_lifetime_for_web_seconds: 100,
        }
    }

    #[test]
    fn lifetimes_by_api_and_channel() {
        let cases = [
            (None, TokenChannel::Front, 7_200),
            (None, TokenChannel::Back, 86_400),
            (Some(api()), TokenChannel::Front, 100),
            (Some(api()), TokenChannel::Back, 1_000),
        ];
        for (api, channel, expected) in cases {
            let grant = Grant {
                channel,
                api,
                ..grant()
            };
            assert_eq!(grant.access_token_lifetime_seconds(), expected, "{grant:?}");
        }
    }

    #[test]
    fn a_client_that_acts_for_itself_has_a_sub_of_its_own() {
        assert_eq!(grant().sub(), "auth0|alice");
        let machine = Grant {
            user: None,
            ..grant()
        };
        assert_eq!(machine.sub(), "app@clients");
    }
}
