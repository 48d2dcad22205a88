//! Speculative requests, which a browser sends before its user opens the page: prefetch, prerender, preview. They
//! change nothing.
//!
//! The response is 503: browsers drop it, and send the request again when the user opens the page. Not 204: Chromium
//! 156 uses a prefetched 204 as the response to the click, so that the link does nothing.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use http::{HeaderMap, StatusCode};

use crate::error::ShownError;

/// The headers of speculative requests. `Sec-Purpose` is in the Fetch standard; some browsers still send the older
/// ones.
const HEADERS: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];
const PURPOSES: [&str; 4] = ["prefetch", "prerender", "preview", "instant"];

/// Refuses them before they reach an endpoint.
pub(super) async fn refuse(request: Request, next: Next) -> Response {
    // mutant: prefetch-answered
    if !is_speculative(request.headers()) {
        return next.run(request).await;
    }
    let description = "This page is not loaded ahead of time; open it";
    // mutant: prefetch-refusal-cached
    let status = StatusCode::SERVICE_UNAVAILABLE;
    ShownError::with_status(status, ErrorCode::TemporarilyUnavailable, description).into_response()
}

fn is_speculative(headers: &HeaderMap) -> bool {
    // mutant: only-sec-purpose-checked
    let mut values = HEADERS.iter().flat_map(|name| headers.get_all(*name));
    values.any(|value| {
        let mut words = value.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
        words.any(is_purpose)
    })
}

fn is_purpose(word: &[u8]) -> bool {
    let mut purposes = PURPOSES.iter();
    purposes.any(|purpose| word.eq_ignore_ascii_case(purpose.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_071_marks_of_speculative_requests() {
        for (name, value, expected) in [
            ("sec-purpose", "prefetch", true),
            ("sec-purpose", "prefetch;prerender", true),
            ("sec-purpose", "prefetch;anonymous-client-ip", true),
            ("sec-purpose", "prerender", true),
            ("sec-purpose", "other, \"Prefetch\"", true),
            ("purpose", "prefetch", true),
            ("x-purpose", ": preview", true),
            ("x-purpose", "instant", true),
            ("x-moz", "prefetch", true),
            ("sec-purpose", "", false),
            ("sec-purpose", "reprefetched", false),
            ("sec-fetch-dest", "prefetch", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("sec-purpose", "something".parse().unwrap());
            headers.append(name, value.parse().unwrap());
            assert_eq!(is_speculative(&headers), expected, "{name}: {value}");
        }
        let value = http::HeaderValue::from_bytes(b"\xff;prefetch").unwrap();
        assert!(is_speculative(&HeaderMap::from_iter([(
            http::HeaderName::from_static("sec-purpose"),
            value
        )])));
    }
}
