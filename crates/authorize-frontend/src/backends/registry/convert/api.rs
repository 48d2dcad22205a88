//! `ResourceServer` messages.

use doorward_oauth2_types::SigningAlg;
use doorward_oauth2_types::auth0::{TokenDialect, UserAccess};
use doorward_proto::client_registry::v1 as wire;
use doorward_proto::{InvalidField, WireEnum};

use crate::backends::convert::required_text;
use crate::model::{Api, ApiScope};

impl TryFrom<wire::ResourceServer> for Api {
    type Error = InvalidField;

    fn try_from(api: wire::ResourceServer) -> Result<Self, Self::Error> {
        Ok(Self {
            identifier: required_text("identifier", api.identifier)?,
            name: api.name,
            scopes: api.scopes.into_iter().map(ApiScope::from).collect(),
            // An algorithm that this version does not know is not one that it could publish keys of.
            signing_alg: SigningAlg::from_wire(api.signing_alg).unwrap_or_default(),
            token_lifetime_seconds: api.token_lifetime_seconds,
            token_lifetime_for_web_seconds: api.token_lifetime_for_web_seconds,
            skip_consent_for_verifiable_first_party_clients: api
                .skip_consent_for_verifiable_first_party_clients,
            token_dialect: TokenDialect::from_wire(api.token_dialect).unwrap_or_default(),
            enforce_policies: api.enforce_policies,
            // A policy that this version does not know grants nothing.
            user_access: UserAccess::from_wire(api.user_access).unwrap_or(UserAccess::DenyAll),
        })
    }
}

impl From<wire::ResourceServerScope> for ApiScope {
    fn from(scope: wire::ResourceServerScope) -> Self {
        Self {
            value: scope.value,
            description: scope.description,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> wire::ResourceServer {
        wire::ResourceServer {
            identifier: "https://api.test".to_owned(),
            ..wire::ResourceServer::default()
        }
    }

    #[test]
    fn an_identifier_is_needed() {
        let refused = Api::try_from(wire::ResourceServer::default()).unwrap_err();
        assert_eq!(refused.to_string(), "identifier: is missing");
    }

    #[test]
    fn an_unknown_dialect_is_the_default() {
        for (number, expected) in [
            (
                TokenDialect::AccessTokenAuthz.to_wire(),
                TokenDialect::AccessTokenAuthz,
            ),
            (
                TokenDialect::Rfc9068Profile.to_wire(),
                TokenDialect::Rfc9068Profile,
            ),
            (0, TokenDialect::AccessToken),
            (99, TokenDialect::AccessToken),
        ] {
            let message = wire::ResourceServer {
                token_dialect: number,
                ..message()
            };
            assert_eq!(
                Api::try_from(message).unwrap().token_dialect,
                expected,
                "{number}"
            );
        }
    }

    #[test]
    fn an_unknown_algorithm_is_the_default() {
        for (number, expected) in [
            (SigningAlg::Ps256.to_wire(), SigningAlg::Ps256),
            (SigningAlg::EdDsa.to_wire(), SigningAlg::EdDsa),
            (0, SigningAlg::Rs256),
            (99, SigningAlg::Rs256),
        ] {
            let message = wire::ResourceServer {
                signing_alg: number,
                ..message()
            };
            let alg = Api::try_from(message).unwrap().signing_alg;
            assert_eq!(alg, expected, "{number}");
        }
    }

    #[test]
    fn an_unknown_policy_grants_nothing() {
        for (number, expected) in [
            (UserAccess::AllowAll.to_wire(), UserAccess::AllowAll),
            (
                UserAccess::RequireClientGrant.to_wire(),
                UserAccess::RequireClientGrant,
            ),
            (UserAccess::DenyAll.to_wire(), UserAccess::DenyAll),
            (0, UserAccess::DenyAll),
            (99, UserAccess::DenyAll),
        ] {
            let message = wire::ResourceServer {
                user_access: number,
                ..message()
            };
            assert_eq!(
                Api::try_from(message).unwrap().user_access,
                expected,
                "{number}"
            );
        }
    }
}
