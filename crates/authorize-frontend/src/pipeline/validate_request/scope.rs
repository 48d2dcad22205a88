//! `scope`: what is requested, without what no API defines.

use doorward_oauth2_types::{ErrorCode, ResponseType, Scope, StandardClaim};

use crate::error::OAuthError;
use crate::model::{Api, ClientGrant, Tenant};

/// Whether a scope is OpenID Connect's: no API defines it, and no permission limits it. `offline_access` is one as
/// well, but the implicit grant never gives a refresh token.
pub(in crate::pipeline) fn is_oidc_scope(token: &str) -> bool {
    let mut claims = StandardClaim::ALL.iter();
    // mutant: offline-access-granted
    token == "openid" || claims.any(|claim| claim.is_asked_for_by(token))
}

pub(super) fn check(
    requested: Option<&str>,
    response_type: ResponseType,
    tenant: &Tenant,
    api: Option<(&Api, Option<&ClientGrant>)>,
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
        if tenant.require_openid_scope {
            return Err(OAuthError::invalid_request("openid scope is required"));
        }
        scope = Scope::from_tokens(["openid"].into_iter().chain(scope.iter())).map_err(invalid)?;
    }
    scope.retain(|token| {
        is_oidc_scope(token) || api.is_some_and(|(api, grant)| offers(api, grant, token))
    });
    // Without an API and without `openid` the token has no use, so its scope is empty.
    if api.is_none() && !scope.contains("openid") {
        scope = Scope::default();
    }
    Ok(scope)
}

/// Whether the API defines this scope, and the application may ask for it.
pub(super) fn offers(api: &Api, grant: Option<&ClientGrant>, token: &str) -> bool {
    let allows = |grant: &ClientGrant| grant.scopes.contains(token);
    // mutant: undefined-scopes-granted, client-grant-not-checked
    api.defines(token) && grant.is_none_or(allows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ApiScope;

    type Granted<'a> = Option<(&'a Api, Option<&'a ClientGrant>)>;

    fn granted(requested: &str, response_type: &str, api: Granted<'_>) -> String {
        let response_type = response_type.parse().unwrap();
        check(Some(requested), response_type, &Tenant::default(), api)
            .unwrap()
            .to_string()
    }

    #[test]
    fn scopes_that_need_no_definition() {
        let scopes = "openid profile email phone address name given_name family_name nickname picture email_verified \
                      created_at identities";
        assert!(scopes.split(' ').all(is_oidc_scope));
        for token in ["offline_access", "username", "phone_number", "OpenID", ""] {
            assert!(!is_oidc_scope(token), "{token}");
        }
    }

    #[test]
    fn what_nobody_defines_vanishes() {
        let scopes = ["read:things", "list:things"].map(|value| ApiScope {
            value: value.to_owned(),
            description: None,
        });
        let api = Api {
            scopes: scopes.into_iter().collect(),
            ..Api::default()
        };
        let grant = ClientGrant {
            audience: String::new(),
            scopes: ["list:things", "write:things"].map(str::to_owned).into(),
        };
        let cases = [
            (
                "openid read:things list:things write:things",
                "token",
                Some((&api, Some(&grant))),
                "openid list:things",
            ),
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
                Some((&api, None)),
                "openid read:things",
            ),
            (
                "read:things read:things",
                "token",
                Some((&api, None)),
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
        let error = check(Some("open\"id"), response_type, &Tenant::default(), None).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidScope);
    }

    #[test]
    fn a_tenant_may_insist_on_openid() {
        let tenant = Tenant {
            require_openid_scope: true,
            ..Tenant::default()
        };
        for (requested, response_type, accepted) in [
            ("profile", "id_token", false),
            ("openid", "id_token", true),
            ("profile", "token", true),
        ] {
            let response_type = response_type.parse().unwrap();
            let scope = check(Some(requested), response_type, &tenant, None);
            assert_eq!(scope.is_ok(), accepted, "{requested} {response_type}");
        }
    }
}
