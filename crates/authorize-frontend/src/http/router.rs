//! Which endpoint answers which address.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_oauth2_types::ErrorCode;
use futures::FutureExt;
use http::StatusCode;

use super::{assets, authorize, discovery, errors, guard, jwks, login, logout, signup, userinfo};
use crate::deps::Deps;
use crate::error::ShownError;

/// Largest body of any request.
pub(super) const MAX_BODY_BYTES: usize = 64 * 1024;

/// All endpoints behind what every request passes.
pub(crate) fn router(deps: Arc<Deps>) -> Router {
    Router::new()
        .route("/authorize", get(authorize::get).post(authorize::post))
        .route("/authorize/resume", get(authorize::resume))
        .route("/login", get(login::first_page))
        .route("/u/login", get(login::first_page))
        .route(
            "/u/login/identifier",
            get(login::get_identifier).post(login::post_identifier),
        )
        .route(
            "/u/login/password",
            get(login::get_password).post(login::post_password),
        )
        .route("/u/signup", get(signup::get).post(signup::post))
        .route("/u/assets/{name}", get(assets::get))
        .route("/v2/logout", get(logout::logout))
        .route(
            "/userinfo",
            get(userinfo::userinfo)
                .post(userinfo::userinfo)
                .options(userinfo::preflight),
        )
        .route(
            "/.well-known/openid-configuration",
            get(discovery::get).options(discovery::preflight),
        )
        .route(
            "/.well-known/oauth-authorization-server",
            get(discovery::get).options(discovery::preflight),
        )
        .route(
            "/.well-known/jwks.json",
            get(jwks::get).options(discovery::preflight),
        )
        .fallback(async || {
            let description = "No page has this address";
            ShownError::with_status(
                StatusCode::NOT_FOUND,
                ErrorCode::InvalidRequest,
                description,
            )
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(catch_panic))
        .layer(from_fn_with_state(Arc::clone(&deps), guard::guard))
        .layer(from_fn_with_state(Arc::clone(&deps), errors::show_errors))
        .with_state(deps)
}

/// A panic is a defect; whoever meets it still gets a page with a trace id, and the log says where it was.
async fn catch_panic(request: Request, next: Next) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(|_| {
        tracing::error!("a request handler panicked");
        ShownError::new(ErrorCode::ServerError, "An unexpected error occurred").into_response()
    })
}
