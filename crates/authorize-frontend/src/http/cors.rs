//! Which pages of other origins may read an answer (Fetch standard, CORS protocol). Never with credentials.

use axum::response::AppendHeaders;
use http::HeaderMap;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, HeaderName, HeaderValue, ORIGIN, VARY,
};

type Headers = Vec<(HeaderName, HeaderValue)>;

const ONE_HOUR: HeaderValue = HeaderValue::from_static("3600");

/// Anybody may read this.
pub(super) fn public() -> AppendHeaders<Headers> {
    AppendHeaders(vec![(
        ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    )])
}

/// The answer to a preflight for something that anybody may read.
pub(super) fn public_preflight() -> AppendHeaders<Headers> {
    let mut headers = public().0;
    headers.extend(preflight_headers("GET"));
    AppendHeaders(headers)
}

/// The origin that asks, when a browser asks for another page.
pub(super) fn origin(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(ORIGIN)?
        .to_str()
        .ok()
        .filter(|origin| *origin != "null")
}

/// Only `origin` may read this; nobody when it is absent. Caches must not mix the two up.
pub(super) fn only(origin: Option<&str>) -> AppendHeaders<Headers> {
    let mut headers = vec![(VARY, HeaderValue::from_static("Origin"))];
    let allowed = origin.and_then(|origin| HeaderValue::from_str(origin).ok());
    headers.extend(allowed.map(|origin| (ACCESS_CONTROL_ALLOW_ORIGIN, origin)));
    AppendHeaders(headers)
}

/// The answer to a preflight for an endpoint that takes an access token.
pub(super) fn preflight(origin: Option<&str>) -> AppendHeaders<Headers> {
    let mut headers = only(origin).0;
    if origin.is_some() {
        headers.extend(preflight_headers("GET, POST"));
    }
    AppendHeaders(headers)
}

fn preflight_headers(methods: &'static str) -> Headers {
    vec![
        (
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static(methods),
        ),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("authorization, auth0-client, content-type"),
        ),
        // Without it Chromium asks again every five seconds.
        (ACCESS_CONTROL_MAX_AGE, ONE_HOUR),
    ]
}
