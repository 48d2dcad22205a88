//! Whether the client may use the grant behind a `response_type`.

use doorward_oauth2_types::{ErrorCode, GrantType, ResponseType};

use crate::error::OAuthError;
use crate::model::Client;

/// The implicit grant is given to each client by itself (RFC 9700 §2.1.2 advises against having it everywhere).
pub(super) fn check(response_type: ResponseType, client: &Client) -> Result<(), OAuthError> {
    let needs_implicit = response_type.has_token() || response_type.has_id_token();
    // mutant: implicit-grant-not-checked
    if needs_implicit && !client.grant_types.contains(&GrantType::Implicit) {
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

    #[test]
    fn sec_036_without_the_implicit_grant() {
        let mut client = Client {
            grant_types: vec![GrantType::AuthorizationCode],
            ..Client::default()
        };
        for value in ["token", "id_token", "id_token token"] {
            let refused = check(value.parse().unwrap(), &client).unwrap_err();
            assert_eq!(refused.code, ErrorCode::UnauthorizedClient);
        }
        client.grant_types.push(GrantType::Implicit);
        assert!(check("token".parse().unwrap(), &client).is_ok());
    }
}
