//! `audience`: the API that the access token is for, and whether the application may ask for it.

use std::sync::Arc;

use doorward_oauth2_types::auth0::{self, UserAccess};
use doorward_oauth2_types::{ErrorCode, parameters};

use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Api, Client, ClientGrant, Tenant};
use crate::pipeline::RawParams;

/// The API, compared byte for byte; `None` when only `/userinfo` is wanted.
pub(super) async fn check(
    params: &RawParams,
    tenant: &Tenant,
    deps: &Deps,
) -> Result<Option<Arc<Api>>, OAuthError> {
    let default = tenant.default_audience.as_deref();
    let Some(audience) = requested(params, tenant)?.or(default) else {
        return Ok(None);
    };
    if audience == deps.issuer.userinfo_endpoint() {
        return Ok(None);
    }
    let found = deps.backends.registry.api(audience).await?;
    // mutant: unknown-audience-ignored
    found.map(Some).ok_or_else(|| {
        let description = format!("Service not found: {audience}");
        OAuthError::new(ErrorCode::AccessDenied, description)
    })
}

/// The API that the request names. `resource` counts only if the tenant accepts it, and only one (RFC 8707 §2).
fn requested<'a>(params: &'a RawParams, tenant: &Tenant) -> Result<Option<&'a str>, OAuthError> {
    let audience = params.get(auth0::AUDIENCE);
    if audience.is_some() || !tenant.resource_parameter_accepted {
        return Ok(audience);
    }
    let mut resources = params.values(parameters::RESOURCE);
    let first = resources.next();
    if resources.any(|other| Some(other) != first) {
        return Err(OAuthError::new(
            ErrorCode::InvalidTarget,
            "Only one resource can be asked for at a time",
        ));
    }
    Ok(first)
}

/// The client grant that limits the scopes, if the API requires one.
pub(super) fn check_grant<'a>(
    api: &Api,
    client: &'a Client,
) -> Result<Option<&'a ClientGrant>, OAuthError> {
    let audience = &api.identifier;
    let refused = || {
        OAuthError::new(
            ErrorCode::UnauthorizedClient,
            format!("Client is not authorized to access \"{audience}\"."),
        )
    };
    match api.user_access {
        UserAccess::AllowAll => Ok(None),
        UserAccess::RequireClientGrant => {
            let mut grants = client.client_grants.iter();
            let granted = grants.find(|grant| grant.audience == *audience);
            granted.map(Some).ok_or_else(refused)
        }
        UserAccess::DenyAll => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_parameter_names_the_api() {
        let accepting = Tenant {
            resource_parameter_accepted: true,
            ..Tenant::default()
        };
        let cases = [
            ("audience=a&resource=b", true, Ok(Some("a"))),
            ("resource=b", true, Ok(Some("b"))),
            ("resource=b&resource=b", true, Ok(Some("b"))),
            ("resource=b&resource=c", true, Err(ErrorCode::InvalidTarget)),
            ("resource=b", false, Ok(None)),
            ("resource=b&resource=c", false, Ok(None)),
            ("", true, Ok(None)),
        ];
        for (query, accepted, expected) in cases {
            let params = RawParams::parse(query).unwrap();
            let tenant = if accepted {
                accepting.clone()
            } else {
                Tenant::default()
            };
            let named = requested(&params, &tenant).map_err(|error| error.code);
            assert_eq!(named, expected, "{query}");
        }
    }

    #[test]
    fn which_applications_may_ask() {
        let granted = Client {
            client_grants: vec![ClientGrant {
                audience: "api".to_owned(),
                scopes: ["read".to_owned()].into(),
            }],
            ..Client::default()
        };
        let none = Client::default();
        let scopes = |access, client: &Client| {
            let api = Api {
                identifier: "api".to_owned(),
                user_access: access,
                ..Api::default()
            };
            let grant = check_grant(&api, client);
            grant
                .map(|grant| grant.map(|grant| grant.scopes.clone()))
                .ok()
        };
        let read = std::collections::HashSet::from(["read".to_owned()]);
        assert_eq!(scopes(UserAccess::AllowAll, &none), Some(None));
        assert_eq!(scopes(UserAccess::RequireClientGrant, &none), None);
        assert_eq!(
            scopes(UserAccess::RequireClientGrant, &granted),
            Some(Some(read))
        );
        assert_eq!(scopes(UserAccess::DenyAll, &granted), None);
    }
}
