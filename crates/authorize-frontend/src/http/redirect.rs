//! Redirects to pages of ours; their `Location` is relative.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, LOCATION, PRAGMA, REFERRER_POLICY};

/// 302, for requests that read.
pub(super) fn found(location: &str) -> Response {
    to(StatusCode::FOUND, location)
}

/// 303, for forms: the browser forgets the body, so that a password is not sent again (RFC 9700 §4.12).
pub(super) fn see_other(location: &str) -> Response {
    // mutant: redirect-repeats-the-form
    to(StatusCode::SEE_OTHER, location)
}

fn to(status: StatusCode, location: &str) -> Response {
    let headers = [
        (LOCATION, location),
        // mutant: redirects-cached
        (CACHE_CONTROL, "no-store"),
        (PRAGMA, "no-cache"),
        // mutant: referrer-of-redirects-sent
        (REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers).into_response()
}
