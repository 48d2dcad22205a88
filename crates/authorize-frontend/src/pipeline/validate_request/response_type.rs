//! `response_type`, `response_mode`, and whether the client may use them.

use doorward_oauth2_types::{ErrorCode, ResponseMode, ResponseType, parameters};
use doorward_proto::client_registry::v1::Client;

use crate::error::OAuthError;
use crate::pipeline::RawParams;

pub(super) fn check(params: &RawParams) -> Result<ResponseType, OAuthError> {
    if params.is_repeated(parameters::RESPONSE_TYPE) {
        return Err(OAuthError::invalid_request(
            "Duplicate parameter: response_type",
        ));
    }
    let value = params
        .get(parameters::RESPONSE_TYPE)
        .ok_or_else(|| OAuthError::invalid_request("Missing required parameter: response_type"))?;
    let unsupported = || {
        let description = format!("Unsupported response type: {value}");
        OAuthError::new(ErrorCode::UnsupportedResponseType, description)
    };
    let response_type: ResponseType = value.parse().map_err(|_| unsupported())?;
    check_mode(params, response_type)?;
    // Discovery names what is built; the authorization code is not yet.
    if response_type.has_code() {
        return Err(unsupported());
    }
    Ok(response_type)
}

fn check_mode(params: &RawParams, response_type: ResponseType) -> Result<(), OAuthError> {
    let Some(value) = params.get(parameters::RESPONSE_MODE) else {
        return Ok(());
    };
    match value.parse::<ResponseMode>() {
        Ok(mode) if response_type.allows(mode) => Ok(()),
        // A token must never enter a query string (RFC 9700 §4.3).
        Ok(_) => Err(OAuthError::invalid_request(
            "response_mode query is not allowed for this response_type",
        )),
        Err(_) => Err(OAuthError::invalid_request(format!(
            "Unsupported response mode: {value}"
        ))),
    }
}

/// The implicit grant is given to each client by itself (RFC 9700 §2.1.2 advises against having it everywhere).
pub(super) fn check_grant(response_type: ResponseType, client: &Client) -> Result<(), OAuthError> {
    let needs_implicit = response_type.has_token() || response_type.has_id_token();
    if needs_implicit && !client.grant_types.iter().any(|grant| grant == "implicit") {
        return Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            "Grant type 'implicit' not allowed for the client.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(query: &str) -> String {
        let error = check(&RawParams::parse(query).unwrap()).unwrap_err();
        format!("{} {}", error.code, error.description)
    }

    #[test]
    fn accepted() {
        for query in [
            "response_type=token",
            "response_type=id_token",
            "response_type=token%20id_token",
            "response_type=token&response_mode=fragment",
            "response_type=token&response_mode=web_message",
            "response_type=token&response_mode=form_post",
        ] {
            assert!(check(&RawParams::parse(query).unwrap()).is_ok(), "{query}");
        }
    }

    #[test]
    fn refused() {
        let cases = [
            (
                "",
                "invalid_request Missing required parameter: response_type",
            ),
            (
                "response_type=token&response_type=token",
                "invalid_request Duplicate parameter: response_type",
            ),
            (
                "response_type=TOKEN",
                "unsupported_response_type Unsupported response type: TOKEN",
            ),
            (
                "response_type=code",
                "unsupported_response_type Unsupported response type: code",
            ),
            (
                "response_type=token&response_mode=query",
                "invalid_request response_mode query is not allowed for this response_type",
            ),
            (
                "response_type=token&response_mode=Fragment",
                "invalid_request Unsupported response mode: Fragment",
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(error(query), expected, "{query}");
        }
    }

    #[test]
    fn sec_036_without_the_implicit_grant() {
        let mut client = Client {
            grant_types: vec!["authorization_code".to_owned()],
            ..Client::default()
        };
        for value in ["token", "id_token", "id_token token"] {
            let refused = check_grant(value.parse().unwrap(), &client).unwrap_err();
            assert_eq!(refused.code, ErrorCode::UnauthorizedClient);
        }
        client.grant_types.push("implicit".to_owned());
        assert!(check_grant("token".parse().unwrap(), &client).is_ok());
    }
}
