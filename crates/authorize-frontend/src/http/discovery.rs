//! `/.well-known/openid-configuration`: the features of this server (OpenID Connect Discovery §3, RFC 8414).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::{SigningAlg, StandardClaim};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{cors, public_document};
use crate::deps::Deps;
use crate::issuer::Issuer;
use crate::model::Tenant;
use crate::views::Language;

pub(super) async fn get(
    // mutant: x-forwarded-host-trusted (header)
    State(deps): State<Arc<Deps>>,
    request: HeaderMap,
) -> Response {
    let tenant = deps.backends.registry.last_known_tenant().await;
    // mutant: x-forwarded-host-trusted (issuer)
    let document = document(&deps.issuer, &tenant, &deps.backends.jwks.algs());
    // mutant: discovery-type-may-be-guessed
    public_document::serve(&document, &request)
}

pub(super) async fn preflight() -> Response {
    (StatusCode::NO_CONTENT, cors::public_preflight()).into_response()
}

/// The document, with only the features that are built and switched on.
fn document(issuer: &Issuer, tenant: &Tenant, algs: &[SigningAlg]) -> Value {
    let mut document = json!({
        "issuer": issuer.as_str(),
        "authorization_endpoint": issuer.endpoint("authorize"),
        "userinfo_endpoint": issuer.userinfo_endpoint(),
        "jwks_uri": issuer.endpoint(".well-known/jwks.json"),
        "response_types_supported": ["token", "id_token", "token id_token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["implicit"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algs,
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": scopes(),
        "claims_supported": claims(),
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": false,
        "ui_locales_supported": languages(tenant),
    });
    if tenant.rp_logout_end_session_endpoint_discovery {
        document["end_session_endpoint"] = issuer.endpoint("oidc/logout").into();
    }
    // mutant: iss-support-missing-from-discovery
    if tenant.authorization_response_iss_parameter_supported {
        document["authorization_response_iss_parameter_supported"] = true.into();
    }
    document
}

fn scopes() -> Vec<&'static str> {
    let mut scopes = vec!["openid"];
    scopes.extend(StandardClaim::available_scopes());
    scopes
}

/// The claims of the protocol and those about the user, in alphabetical order as Auth0 lists them.
fn claims() -> Vec<&'static str> {
    let mut claims = vec!["aud", "auth_time", "exp", "iat", "iss", "sid", "sub"];
    claims.extend(StandardClaim::announced());
    claims.sort_unstable();
    claims
}

fn languages(tenant: &Tenant) -> Vec<&'static str> {
    let enabled = Language::enabled(tenant.enabled_locales.iter().map(String::as_str));
    enabled.into_iter().map(Language::tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(
            scopes().join(" "),
            "openid profile email phone email_verified name given_name family_name nickname picture created_at"
        );
        assert_eq!(
            claims().join(" "),
            "aud auth_time created_at email email_verified exp family_name given_name iat iss name nickname \
             phone_number picture sid sub updated_at"
        );
    }
}
