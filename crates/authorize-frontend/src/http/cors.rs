//! CORS headers (Fetch standard): the origins whose pages may read a response. Never with credentials.

use axum::response::AppendHeaders;
use http::HeaderMap;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, HeaderName, HeaderValue, ORIGIN, VARY,
};

type Headers = Vec<(HeaderName, HeaderValue)>;

const ONE_HOUR: HeaderValue = HeaderValue::from_static("3600");

/// Headers of a response for all origins.
pub(super) fn public() -> AppendHeaders<Headers> {
    AppendHeaders(vec![(
        ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    )])
}

/// Headers of a preflight response for all origins.
pub(super) fn public_preflight() -> AppendHeaders<Headers> {
    let mut headers = public().0;
    headers.extend(preflight_headers("GET"));
    AppendHeaders(headers)
}

/// The `Origin` header of a request; `None` for `null`.
pub(super) fn origin(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(ORIGIN)?
        .to_str()
        .ok()
        .filter(|origin| *origin != "null")
}

/// Headers of a response for one origin, or for none if it is `None`. Caches must keep the two apart.
pub(super) fn only(origin: Option<&str>) -> AppendHeaders<Headers> {
    let mut headers = vec![(VARY, HeaderValue::from_static("Origin"))];
    let allowed = origin.and_then(|origin| HeaderValue::from_str(origin).ok());
    headers.extend(allowed.map(|origin| (ACCESS_CONTROL_ALLOW_ORIGIN, origin)));
    AppendHeaders(headers)
}

/// Headers of a preflight response for an endpoint with an access token.
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
        // Without it, Chromium sends a preflight every five seconds.
        (ACCESS_CONTROL_MAX_AGE, ONE_HOUR),
    ]
}
