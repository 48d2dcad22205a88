//! `scope`: what is asked for, less what nobody defines.

use doorward_oauth2_types::{ErrorCode, ResponseType, Scope};
use doorward_proto::client_registry::v1::ResourceServer;

use crate::error::OAuthError;

/// Scopes that need no definition. `offline_access` is one as well, but the implicit grant never gives a refresh token.
const OIDC_SCOPES: [&str; 13] = [
    "openid",
    "profile",
    "email",
    "phone",
    "address",
    "name",
    "given_name",
    "family_name",
    "nickname",
    "picture",
    "email_verified",
    "created_at",
    "identities",
];

pub(super) fn check(
    requested: Option<&str>,
    response_type: ResponseType,
    api: Option<&ResourceServer>,
) -> Result<Scope, OAuthError> {
    let invalid = |_| {
        OAuthError::new(
            ErrorCode::InvalidScope,
            "scope has a character that is not allowed",
        )
    };
    let mut scope: Scope = requested.unwrap_or_default().parse().map_err(invalid)?;
    // An ID token is OpenID Connect, whether the request says so or not: Auth0's own examples leave it out.
    if response_type.has_id_token() && !scope.contains("openid") {
        scope = Scope::from_tokens(["openid"].into_iter().chain(scope.iter())).map_err(invalid)?;
    }
    scope.retain(|token| OIDC_SCOPES.contains(&token) || api.is_some_and(|api| grants(api, token)));
    // Without an API and without `openid` the token is good for nothing, and says so.
    if api.is_none() && !scope.contains("openid") {
        scope = Scope::default();
    }
    Ok(scope)
}

/// Whether the API gives this scope to whoever asks. One that enforces policies gives only what the user is permitted,
/// and there are no permissions yet.
fn grants(api: &ResourceServer, token: &str) -> bool {
    !api.enforce_policies && api.scopes.iter().any(|defined| defined.value == token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_proto::client_registry::v1::ResourceServerScope;

    fn granted(requested: &str, response_type: &str, api: Option<&ResourceServer>) -> String {
        let response_type = response_type.parse().unwrap();
        check(Some(requested), response_type, api)
            .unwrap()
            .to_string()
    }

    #[test]
    fn what_nobody_defines_vanishes() {
        let read = ResourceServerScope {
            value: "read:things".to_owned(),
            description: String::new(),
        };
        let api = ResourceServer {
            scopes: vec![read],
            ..ResourceServer::default()
        };
        let enforcing = ResourceServer {
            enforce_policies: true,
            ..api.clone()
        };
        let cases = [
            ("openid read:things", "token", Some(&enforcing), "openid"),
            (
                "openid profile email",
                "token",
                None,
                "openid profile email",
            ),
            ("openid read:things", "token", None, "openid"),
            (
                "openid read:things write:things",
                "token",
                Some(&api),
                "openid read:things",
            ),
            (
                "read:things read:things",
                "token",
                Some(&api),
                "read:things",
            ),
            ("openid offline_access", "token", None, "openid"),
            ("profile", "token", None, ""),
            ("profile", "id_token", None, "openid profile"),
            ("", "id_token token", None, "openid"),
        ];
        for (requested, response_type, api, expected) in cases {
            assert_eq!(
                granted(requested, response_type, api),
                expected,
                "{requested}"
            );
        }
    }

    #[test]
    fn forbidden_characters() {
        let response_type = "token".parse().unwrap();
        let error = check(Some("open\"id"), response_type, None).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidScope);
    }
}
