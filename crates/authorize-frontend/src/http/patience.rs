//! Sets the time limit of a request's calls.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use doorward_service_kit::deadline::within;
use http::Method;

use crate::deps::Deps;
use crate::paths::PagePath;

/// Pages with a password in their form.
const WITH_PASSWORD: [PagePath; 2] = [PagePath::LoginPassword, PagePath::Signup];

/// Sets the time limit of each request. A silent authentication, recognised by its parameters, has less time.
pub(super) async fn limit(State(deps): State<Arc<Deps>>, request: Request, next: Next) -> Response {
    let patience = &deps.backends.patience;
    let path = request.uri().path();
    let has_password =
        request.method() == Method::POST && WITH_PASSWORD.iter().any(|page| page.as_str() == path);
    let limit = if has_password {
        patience.password
    } else {
        patience.page
    };
    within(limit, next.run(request)).await
}
