//! Documents for everyone: discovery and the JWKS.

use axum::response::{IntoResponse, Response};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::cors;

/// Headers with a short lifetime, so that an emergency revocation soon reaches shared caches.
pub(super) const PUBLIC_HEADERS: [(HeaderName, HeaderValue); 2] = [
    (
        CACHE_CONTROL,
        HeaderValue::from_static(
            "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400",
        ),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Serves a JSON document, or `304 Not Modified` to a cache that has it (RFC 9110 §13.1.2).
pub(super) fn serve(document: &Value, request: &HeaderMap) -> Response {
    let body = document.to_string();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes());
    let tag = format!(
        "\"{}\"",
        BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
    );
    let headers = (PUBLIC_HEADERS, cors::public(), [(ETAG, tag.clone())]);
    if is_known(&tag, request) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (headers, json, body).into_response()
}

/// A proxy that compresses makes a tag weak: `W/` has no meaning here.
fn is_known(tag: &str, request: &HeaderMap) -> bool {
    let lists = request.get_all(IF_NONE_MATCH).iter();
    let known = lists.filter_map(|list| list.to_str().ok());
    known.flat_map(|list| list.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.trim_start_matches("W/") == tag
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn served(document: &Value, known: &[&str]) -> Response {
        let known = known
            .iter()
            .map(|tags| (IF_NONE_MATCH, tags.parse().unwrap()));
        serve(document, &known.collect())
    }

    #[test]
    fn a_cache_that_has_the_document_gets_none() {
        let document = json!({"keys": [1]});
        let first = served(&document, &[]);
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[CONTENT_TYPE], "application/json");
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        for known in [
            vec![&*tag],
            vec!["*"],
            vec![&format!("W/{tag}")],
            vec![&format!("\"other\", {tag}")],
            vec!["\"other\"", &tag],
        ] {
            let again = served(&document, &known);
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known:?}");
            assert_eq!(again.headers()[ETAG], tag);
            assert_eq!(
                again.headers()[CACHE_CONTROL],
                first.headers()[CACHE_CONTROL]
            );
        }
        for known in [vec![], vec!["\"other\""], vec![tag.trim_matches('"')]] {
            assert_eq!(
                served(&document, &known).status(),
                StatusCode::OK,
                "{known:?}"
            );
        }
        let changed = served(&json!({"keys": [2]}), &[&tag]);
        assert_eq!(changed.status(), StatusCode::OK);
    }
}
