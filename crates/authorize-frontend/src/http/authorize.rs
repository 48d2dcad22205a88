//! `/authorize` and `/authorize/resume`.

use std::sync::Arc;

use axum::extract::{Query, RawQuery, Request, State};
use axum::response::Response;
use doorward_oauth2_types::ErrorCode;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::router::MAX_BODY_BYTES;
use super::sign_in::find_pending;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::pipeline::{self, PageState, RawParams};

/// RFC 6749 §3.1: `GET`.
pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    RawQuery(query): RawQuery,
) -> Result<Response, ShownError> {
    let raw = RawParams::parse(&query.unwrap_or_default())?;
    pipeline::authorize(raw, &browser, &deps).await
}

/// OIDC Core §3.1.2.1: `POST` with a form body.
pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ShownError> {
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(ShownError::invalid_request(
            "Parameters of a POST request belong into its body",
        ));
    }
    let raw = RawParams::parse(&form_body(request).await?)?;
    pipeline::authorize(raw, &browser, &deps).await
}

async fn form_body(request: Request) -> Result<String, ShownError> {
    let refuse = |status, description| {
        ShownError::with_status(status, ErrorCode::InvalidRequest, description)
    };
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    if !essence
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    {
        let description = "The body must be application/x-www-form-urlencoded";
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, description));
    }
    let body = axum::body::to_bytes(request.into_body(), MAX_BODY_BYTES)
        .await
        .map_err(|_| {
            refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is larger than 64 KiB",
            )
        })?;
    String::from_utf8(body.into())
        .map_err(|_| ShownError::invalid_request("The request is not valid UTF-8"))
}

/// The query of a hosted page.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    #[serde(default)]
    pub(super) state: String,
}

/// Where every page of a sign-in ends.
pub(super) async fn resume(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    Query(query): Query<PageQuery>,
) -> Result<Response, ShownError> {
    let state = PageState::parse(&query.state).ok_or_else(ShownError::lost_transaction)?;
    let pending = find_pending(&state, &browser, &deps).await?;
    pipeline::resume(pending, &browser, &deps).await
}
