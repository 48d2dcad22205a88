//! `/userinfo`: the claims of the user behind an access token (OIDC Core §5.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::redirect_uri::origin_matches;
use doorward_oauth2_types::{ClaimSet, ErrorCode, StandardClaim};
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::cors;
use super::errors::json_error;
use super::take_on::take_on;
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{OrganizationSelector, Tenant, User};
use crate::pipeline::role_ids;
use crate::tokens::verify::{Bearer, verify_access_token};
use crate::tokens::{ClaimsContext, JsonObject, custom_claims, user_claims};
use crate::workload::Priority;

/// A preflight names no application: an origin that any of them allows will do.
pub(super) async fn preflight(State(deps): State<Arc<Deps>>, headers: HeaderMap) -> Response {
    let origin = any_allowed_origin(&headers, &deps).await;
    (StatusCode::NO_CONTENT, cors::preflight(origin)).into_response()
}

pub(super) async fn userinfo(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
) -> Response {
    let answered = match take_on(Priority::Silent, &browser, &deps) {
        Ok(work) => {
            let answered = answer(&headers, &deps).await;
            work.end(matches!(answered, Err(Refusal::Unavailable(_))));
            answered
        }
        Err(overloaded) => Err(Refusal::Unavailable(overloaded.into())),
    };
    match answered {
        Ok((bearer, user_info)) => {
            let origin = client_origin(&headers, &bearer, &deps).await;
            // mutant: userinfo-cached
            (cors::only(origin), PRIVATE_HEADERS, Json(user_info)).into_response()
        }
        Err(refusal) => {
            let origin = any_allowed_origin(&headers, &deps).await;
            // mutant: userinfo-errors-are-pages
            (cors::only(origin), PRIVATE_HEADERS, refusal).into_response()
        }
    }
}

const PRIVATE_HEADERS: [(http::HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Why there are no claims, RFC 6750 §3.1.
#[derive(Debug)]
enum Refusal {
    MissingToken,
    InvalidToken,
    InsufficientScope,
    Unavailable(OAuthError),
}

impl From<BackendError> for Refusal {
    fn from(error: BackendError) -> Self {
        Self::Unavailable(error.into())
    }
}

async fn answer(headers: &HeaderMap, deps: &Deps) -> Result<(Bearer, UserInfo), Refusal> {
    let token = bearer_token(headers).ok_or(Refusal::MissingToken)?;
    let bearer = verify_access_token(token, deps)
        .await?
        .ok_or(Refusal::InvalidToken)?;
    // mutant: userinfo-for-tokens-of-other-apis (scope)
    if !bearer.scope.contains("openid") {
        return Err(Refusal::InsufficientScope);
    }
    let user = deps.backends.identity.find_user(&bearer.sub).await?;
    let user = user
        // mutant: blocked-user-at-userinfo
        .filter(|user| !user.blocked)
        .ok_or(Refusal::InvalidToken)?;
    let tenant = deps.backends.registry.last_known_tenant().await;
    let custom_claims = custom_claims_of(&bearer, &user, &tenant, deps).await?;
    let user_info = UserInfo::new(&bearer, user, &tenant, custom_claims);
    Ok((bearer, user_info))
}

/// The tenant's claims for ID tokens, with the values that they have now.
async fn custom_claims_of(
    bearer: &Bearer,
    user: &User,
    tenant: &Tenant,
    deps: &Deps,
) -> Result<JsonObject, BackendError> {
    // Most tenants have none.
    if tenant.custom_claims.is_empty() {
        return Ok(JsonObject::default());
    }
    let client = deps.backends.registry.client(&bearer.client_id).await?;
    let Some(client) = client else {
        return Ok(JsonObject::default());
    };
    let found = match &bearer.organization_id {
        Some(id) => {
            let selector = OrganizationSelector::Id(id.clone());
            let organizations = &deps.backends.organizations;
            organizations.find(&selector, Some(&user.user_id)).await?
        }
        None => None,
    };
    let membership = found
        .as_ref()
        .and_then(|found| Some((&found.organization, found.member.as_ref()?)));
    let is_former_member = bearer.organization_id.is_some() && membership.is_none();
    let role_ids = if is_former_member {
        Vec::new()
    } else {
        role_ids(&user.role_ids, membership.map(|(_, member)| member), tenant)
    };
    let context = ClaimsContext {
        user,
        role_ids: &role_ids,
        client: &client,
        organization: membership.map(|(organization, _)| organization),
        audience: bearer.audience.as_deref(),
        scope: &bearer.scope,
    };
    let claims = custom_claims(&tenant.custom_claims, context, deps).await?;
    Ok(claims.id_token)
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// The members of the answer.
#[derive(Serialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    claims: ClaimSet,
    #[serde(flatten)]
    custom_claims: JsonObject,
}

impl UserInfo {
    /// The claims of the user, where the tenant's own value of a standard claim replaces the user's.
    fn new(bearer: &Bearer, user: User, tenant: &Tenant, custom_claims: JsonObject) -> Self {
        let mut claims = user_claims(&user, &bearer.scope, tenant);
        for replaced in custom_claims
            .keys()
            .filter_map(|name| StandardClaim::from_name(name))
        {
            claims.remove(replaced);
        }
        Self {
            sub: user.user_id,
            claims,
            custom_claims,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Self::MissingToken => {
                // Without any token the client learns only what to send (RFC 6750 §3.1).
                let body = json!({ "error": "invalid_token", "error_description": "The access token is missing" });
                return (
                    StatusCode::UNAUTHORIZED,
                    [(WWW_AUTHENTICATE, "Bearer")],
                    Json(body),
                )
                    .into_response();
            }
            Self::InvalidToken => (
                StatusCode::UNAUTHORIZED,
                ErrorCode::InvalidToken,
                "The access token is invalid, expired, or not meant for this endpoint",
            ),
            Self::InsufficientScope => (
                StatusCode::FORBIDDEN,
                ErrorCode::InsufficientScope,
                "The access token lacks the scope openid",
            ),
            Self::Unavailable(error) => return json_error(&error),
        };
        let challenge = format!("Bearer error=\"{error}\", error_description=\"{description}\"");
        let body = json!({ "error": error.as_str(), "error_description": description });
        (status, [(WWW_AUTHENTICATE, challenge)], Json(body)).into_response()
    }
}

/// The origin that asks, when the application of the token allows it.
async fn client_origin<'a>(
    headers: &'a HeaderMap,
    bearer: &Bearer,
    deps: &Deps,
) -> Option<&'a str> {
    let origin = cors::origin(headers)?;
    let registry = &deps.backends.registry;
    let client = registry.client(&bearer.client_id).await.ok()??;
    // mutant: userinfo-readable-by-every-origin
    origin_matches(origin, &client.cors_origins).then_some(origin)
}

/// The origin that asks, when any application allows it: an error must be readable as well.
async fn any_allowed_origin<'a>(headers: &'a HeaderMap, deps: &Deps) -> Option<&'a str> {
    let origin = cors::origin(headers)?;
    let allowed = deps.backends.registry.allows_origin(origin).await;
    // mutant: userinfo-preflight-for-every-origin
    allowed.unwrap_or(false).then_some(origin)
}
