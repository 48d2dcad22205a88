//! The claims of tokens.

use doorward_oauth2_types::{ClaimSet, Scope};

use super::custom_claims::to_json;
use super::{Grant, GrantedApi};
use crate::backends::{AccessTokenToSign, IdTokenToSign};
use crate::model::{Tenant, User};

/// The user's claims, cut to the granted scope (OIDC Core §5.4). The only source of the claims of ID tokens and of
/// `/userinfo`, so that the two cannot differ.
pub(crate) fn user_claims(user: &User, scope: &Scope, tenant: &Tenant) -> ClaimSet {
    let claims = user.claims.granted(scope);
    if tenant.numeric_updated_at {
        claims.with_numeric_updated_at()
    } else {
        claims
    }
}

/// A token with `openid` is good for `/userinfo` as well.
pub(super) fn access_token(
    grant: &Grant,
    api: &GrantedApi,
    userinfo_endpoint: String,
) -> AccessTokenToSign {
    let mut aud = vec![api.identifier.clone()];
    // mutant: userinfo-audience-without-openid
    if grant.scope.contains("openid") {
        aud.push(userinfo_endpoint);
    }
    AccessTokenToSign {
        alg: api.signing_alg,
        sub: grant.sub().into_owned(),
        aud,
        client_id: grant.client.client_id.clone(),
        scope: grant.scope.clone(),
        lifetime_seconds: grant.access_token_lifetime_seconds(),
        is_rfc9068: api.dialect.is_rfc9068(),
        organization_id: grant.organization_id(),
        organization_name: grant.organization_name(),
        permissions: grant.permissions.clone(),
        custom_claims: to_json(&grant.custom_claims.access_token),
    }
}

pub(super) fn id_token(grant: &Grant) -> IdTokenToSign {
    let user = grant.user.as_ref();
    IdTokenToSign {
        alg: grant.client.id_token_signing_alg,
        sub: grant.sub().into_owned(),
        aud: grant.client.client_id.clone(),
        nonce: grant.nonce.clone(),
        auth_time: grant.auth_time,
        sid: grant.sid.clone(),
        organization_id: grant.organization_id(),
        organization_name: grant.organization_name(),
        lifetime_seconds: grant.client.id_token_lifetime_seconds,
        claims: user.map(|user| user.claims.clone()).unwrap_or_default(),
        custom_claims: to_json(&grant.custom_claims.id_token),
    }
}

#[cfg(test)]
mod tests {
    use doorward_oauth2_types::auth0::TokenDialect;
    use doorward_oauth2_types::{SigningAlg, StandardClaim};
    use jiff::Timestamp;

    use super::super::GrantedOrganization;
    use super::super::grant::tests::{api, grant};
    use super::*;

    #[test]
    fn claims_of_the_user_by_scope() {
        let user = User {
            claims: ClaimSet::from_iter([
                (StandardClaim::Email, "alice@example.com".into()),
                (StandardClaim::EmailVerified, true.into()),
                (StandardClaim::Name, "Alice".into()),
                (StandardClaim::Username, "alice".into()),
                (StandardClaim::UpdatedAt, Timestamp::UNIX_EPOCH.into()),
                (StandardClaim::CreatedAt, Timestamp::UNIX_EPOCH.into()),
            ]),
            ..User::default()
        };
        let names = |scope: &str| {
            let claims = user_claims(&user, &scope.parse().unwrap(), &Tenant::default());
            let names: Vec<_> = claims.iter().map(|(claim, _)| claim.as_str()).collect();
            names.join(" ")
        };
        assert_eq!(names("openid"), "");
        assert_eq!(names("openid email"), "email email_verified");
        assert_eq!(names("openid profile"), "name updated_at");
        assert_eq!(names("openid created_at"), "created_at");
        let numeric = Tenant {
            numeric_updated_at: true,
            ..Tenant::default()
        };
        for (tenant, expected) in [(Tenant::default(), false), (numeric, true)] {
            let claims = user_claims(&user, &"openid profile".parse().unwrap(), &tenant);
            assert_eq!(claims.has_numeric_updated_at(), expected);
        }
        let scope = "profile created_at".parse().unwrap();
        let unknown = user_claims(&User::default(), &scope, &Tenant::default());
        assert_eq!(unknown, ClaimSet::default());
    }

    #[test]
    fn an_access_token_is_for_userinfo_only_with_openid() {
        let aud = |scope: &str| {
            let grant = Grant {
                scope: scope.parse().unwrap(),
                ..grant()
            };
            access_token(&grant, &api(), "userinfo".to_owned())
                .aud
                .join(" ")
        };
        assert_eq!(aud("openid read:mail"), "https://api.test userinfo");
        assert_eq!(aud("read:mail"), "https://api.test");
    }

    #[test]
    fn an_access_token_says_what_was_granted() {
        let grant = Grant {
            api: Some(api()),
            organization: Some(GrantedOrganization {
                id: "org".to_owned(),
                name: Some("acme".to_owned()),
            }),
            permissions: Some(vec!["read:mail".to_owned()]),
            ..grant()
        };
        let rfc9068 = GrantedApi {
            signing_alg: SigningAlg::Ps256,
            dialect: TokenDialect::Rfc9068ProfileAuthz,
            ..api()
        };
        let token = access_token(&grant, &rfc9068, String::new());
        assert_eq!(token.alg, SigningAlg::Ps256);
        assert!(token.is_rfc9068);
        assert!(!access_token(&grant, &api(), String::new()).is_rfc9068);
        assert_eq!(token.sub, "auth0|alice");
        assert_eq!(token.client_id, "app");
        assert_eq!(token.scope, grant.scope);
        assert_eq!(token.lifetime_seconds, 100);
        assert_eq!(token.organization_id.as_deref(), Some("org"));
        assert_eq!(token.organization_name.as_deref(), Some("acme"));
        assert_eq!(token.permissions, grant.permissions);
    }

    #[test]
    fn an_id_token_says_what_was_granted() {
        let mut grant = grant();
        grant.client.id_token_signing_alg = SigningAlg::Es256;
        let token = id_token(&grant);
        assert_eq!(token.alg, SigningAlg::Es256);
        assert_eq!(token.sub, "auth0|alice");
        assert_eq!(token.aud, "app");
        assert_eq!(token.nonce.as_deref(), Some("n"));
        assert_eq!(token.auth_time, Some(Timestamp::UNIX_EPOCH));
        assert_eq!(token.sid.as_deref(), Some("session"));
        assert_eq!(token.lifetime_seconds, 36_000);
    }
}
