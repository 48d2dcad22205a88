//! The time limit of a request's calls.

use std::time::Duration;

use axum::extract::Request;
use http::Method;

use crate::deps::Deps;
use crate::paths::PagePath;

/// Pages with a password in their form.
const WITH_PASSWORD: [PagePath; 2] = [PagePath::LoginPassword, PagePath::Signup];

/// The time limit of a request. A silent authentication, recognised by its parameters, has less time.
pub(super) fn limit(request: &Request, deps: &Deps) -> Duration {
    let patience = &deps.backends.patience;
    let path = request.uri().path();
    let has_password =
        request.method() == Method::POST && WITH_PASSWORD.iter().any(|page| page.as_str() == path);
    if has_password {
        patience.password
    } else {
        patience.page
    }
}
