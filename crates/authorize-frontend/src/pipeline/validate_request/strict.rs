//! Limits of third-party clients in Auth0's strict mode, which anyone may register.

use doorward_oauth2_types::{ErrorCode, ResponseType, auth0, parameters};

use crate::error::OAuthError;
use crate::model::Client;
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

/// Refuses tokens from the front channel, whatever the `grant_types` of such a client say.
pub(super) fn check(
    params: &RawParams,
    response_type: ResponseType,
    client: &Client,
) -> Result<(), OAuthError> {
    if !client.is_strict_third_party() {
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
    use crate::model::Party;

    #[test]
    fn only_strict_third_party_applications_are_held_to_it() {
        let client = |party| Client {
            party,
            ..Client::default()
        };
        let strict = client(Party::StrictThird);
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
        for other in [client(Party::First), client(Party::Third)] {
            assert_eq!(refused("screen_hint=signup", &other), None);
        }
    }
}
