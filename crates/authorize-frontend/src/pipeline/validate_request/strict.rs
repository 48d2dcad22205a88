//! What a third-party application in Auth0's strict mode may ask for. Such applications are registered by strangers.

use doorward_oauth2_types::{ErrorCode, ResponseType, auth0, parameters};
use doorward_proto::client_registry::v1::{Client, ThirdPartySecurityMode};

use crate::error::OAuthError;
use crate::pipeline::RawParams;

const REFUSED: [&str; 7] = [
    parameters::CLAIMS,
    parameters::ID_TOKEN_HINT,
    auth0::INVITATION,
    auth0::LOGIN_TICKET,
    parameters::REQUEST,
    parameters::REQUEST_URI,
    auth0::SCREEN_HINT,
];

pub(crate) fn is_strict_third_party(client: &Client) -> bool {
    !client.is_first_party && client.third_party_security_mode() == ThirdPartySecurityMode::Strict
}

/// Tokens from the front channel are not for them, whatever their `grant_types` say.
pub(super) fn check(
    params: &RawParams,
    response_type: ResponseType,
    client: &Client,
) -> Result<(), OAuthError> {
    if !is_strict_third_party(client) {
        return Ok(());
    }
    if let Some(name) = params.names().find(|name| REFUSED.contains(name)) {
        return Err(OAuthError::invalid_request(format!(
            "Parameter is not allowed for this client: {name}"
        )));
    }
    if response_type.has_token() || response_type.has_id_token() {
        return Err(OAuthError::new(
            ErrorCode::UnsupportedResponseType,
            format!("Response type is not allowed for this client: {response_type}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strict_third_party_applications_are_held_to_it() {
        let client = |is_first_party, mode: ThirdPartySecurityMode| Client {
            is_first_party,
            third_party_security_mode: mode.into(),
            ..Client::default()
        };
        let strict = client(false, ThirdPartySecurityMode::Strict);
        let token: ResponseType = "token".parse().unwrap();
        let refused = |query: &str, client: &Client| {
            let params = RawParams::parse(query).unwrap();
            check(&params, token, client).err().map(|error| error.code)
        };
        for (query, expected) in [
            (
                "scope=read&dpop_jkt=x&organization=org_a",
                ErrorCode::UnsupportedResponseType,
            ),
            ("id_token_hint=x", ErrorCode::InvalidRequest),
            ("screen_hint=signup", ErrorCode::InvalidRequest),
            ("ext-a=b&unknown=c", ErrorCode::UnsupportedResponseType),
        ] {
            assert_eq!(refused(query, &strict), Some(expected), "{query}");
        }
        for other in [
            client(true, ThirdPartySecurityMode::Strict),
            client(false, ThirdPartySecurityMode::Permissive),
            client(false, ThirdPartySecurityMode::Unspecified),
        ] {
            assert_eq!(refused("screen_hint=signup", &other), None);
        }
    }
}
