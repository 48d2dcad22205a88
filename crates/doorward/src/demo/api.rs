//! The demo API: one protected resource, which checks access tokens like any API.

#[cfg(test)]
mod tests;
mod verify;

use axum::extract::State;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, http::header};
use doorward_proto::token_signing::v1::GetJwksRequest;
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_service_kit::grpc::Channel;
use serde_json::json;

use super::application::Settings;
use crate::commands::request;

/// The scope that the greeting requires.
pub(super) const SCOPE: &str = "read:greetings";

/// The issuer, audience and keys with which the API checks a token.
#[derive(Debug, Clone)]
pub(super) struct Api {
    pub(super) settings: Settings,
    /// The service whose keys sign the tokens.
    pub(super) keys: TokenSigningServiceClient<Channel>,
}

/// The reason for refusing a request, RFC 6750 §3.1.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No token. The challenge names no error.
    NoToken,
    /// A token sent in more than one way, or malformed.
    InvalidRequest,
    /// An expired or forged token, or one with another audience.
    InvalidToken,
    /// A valid token without the required scope.
    InsufficientScope,
    /// The keys are unavailable for now.
    KeysUnavailable,
}

/// `GET /api/greeting`.
pub(super) async fn greeting(
    State(api): State<Api>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let token = bearer_token(&headers)?;
    let mut keys = api.keys;
    let jwks = keys.get_jwks(request(GetJwksRequest {})).await;
    let jwks = jwks
        .map_err(|_| Refusal::KeysUnavailable)?
        .into_inner()
        .keys;
    let claims = verify::verify(token, &jwks, &api.settings.issuer, &api.settings.audience)?;
    if !claims.scope.split(' ').any(|scope| scope == SCOPE) {
        return Err(Refusal::InsufficientScope);
    }
    let body = json!({
        "greeting": "Hello from the demo API. Your access token was checked and is good.",
        "sub": claims.sub,
        "scope": claims.scope,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// The token of the `Authorization` header, RFC 6750 §2.1.
fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Refusal::NoToken)?;
    if values.next().is_some() {
        return Err(Refusal::InvalidRequest);
    }
    let value = value.to_str().map_err(|_| Refusal::InvalidRequest)?;
    let (scheme, token) = value.split_once(' ').ok_or(Refusal::InvalidRequest)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::NoToken);
    }
    Ok(token.trim())
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, challenge) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, "unauthorized", String::new()),
            Self::InvalidRequest => with_error(StatusCode::BAD_REQUEST, "invalid_request"),
            Self::InvalidToken => with_error(StatusCode::UNAUTHORIZED, "invalid_token"),
            Self::InsufficientScope => {
                let (status, error, challenge) =
                    with_error(StatusCode::FORBIDDEN, "insufficient_scope");
                (status, error, format!("{challenge}, scope=\"{SCOPE}\""))
            }
            Self::KeysUnavailable => {
                let body = Json(json!({ "error": "temporarily_unavailable" }));
                return (StatusCode::SERVICE_UNAVAILABLE, body).into_response();
            }
        };
        let challenge = format!("Bearer realm=\"demo\"{challenge}");
        (
            status,
            [(WWW_AUTHENTICATE, challenge)],
            Json(json!({ "error": error })),
        )
            .into_response()
    }
}

fn with_error(status: StatusCode, error: &'static str) -> (StatusCode, &'static str, String) {
    (status, error, format!(", error=\"{error}\""))
}
