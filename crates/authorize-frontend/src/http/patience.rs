//! How long the backends may take for an answer, all together.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use doorward_service_kit::deadline::within;
use http::Method;

use crate::deps::Deps;

/// Pages whose forms carry a password.
const WITH_PASSWORD: [&str; 2] = ["/u/login/password", "/u/signup"];

/// Gives each request its time. That of a silent authentication is shorter, which its parameters tell.
pub(super) async fn limit(State(deps): State<Arc<Deps>>, request: Request, next: Next) -> Response {
    let patience = &deps.backends.patience;
    let has_password =
        request.method() == Method::POST && WITH_PASSWORD.contains(&request.uri().path());
    let limit = if has_password {
        patience.password
    } else {
        patience.page
    };
    within(limit, next.run(request)).await
}
