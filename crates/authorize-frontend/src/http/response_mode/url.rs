//! `query` and `fragment`: a redirect with the parameters in its `Location`.

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use doorward_oauth2_types::redirect_uri::MatchedRedirectUri;
use http::header::{CACHE_CONTROL, HeaderValue, LOCATION, PRAGMA};
use http::{StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Parameters;
use crate::error::ShownError;

/// All but the unreserved characters of RFC 3986 §2.3.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn respond(
    uri: &MatchedRedirectUri,
    separator: char,
    parameters: &Parameters,
) -> Response {
    let location = location(uri.as_str(), separator, parameters);
    let Ok(location) = HeaderValue::try_from(location) else {
        return ShownError::new(
            ErrorCode::ServerError,
            "The callback cannot be redirected to",
        )
        .into_response();
    };
    let headers = [
        (LOCATION, location),
        // mutant: answers-cached
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // mutant: answers-readable-by-every-origin
        (PRAGMA, HeaderValue::from_static("no-cache")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (StatusCode::FOUND, headers).into_response()
}

pub(super) fn location(uri: &str, separator: char, parameters: &Parameters) -> String {
    // mutant: values-of-answer-not-encoded, query-of-callback-replaced
    let encode = |text| utf8_percent_encode(text, &ENCODED);
    let sizes = parameters
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2);
    // Enough for tokens, of which no character is encoded.
    let mut location = String::with_capacity(uri.len() + sizes.sum::<usize>());
    location.push_str(uri);
    for (index, (name, value)) in parameters.iter().enumerate() {
        location.push(if index == 0 { separator } else { '&' });
        location.extend(encode(name));
        location.push('=');
        location.extend(encode(value));
    }
    // mutant: line-breaks-in-location
    location
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_encoded_on_its_own() {
        let parameters = [
            ("scope", "a b".to_owned()),
            ("state", "=&#+\r\né\"".to_owned()),
        ];
        assert_eq!(
            location("https://app.test/cb?x=1", '#', &parameters),
            "https://app.test/cb?x=1#scope=a%20b&state=%3D%26%23%2B%0D%0A%C3%A9%22"
        );
    }
}
