//! The parsers of untrusted text, as functions for `tests/fuzz`. Nothing else may use them.

use http::Request;
use http::header::{COOKIE, HeaderValue};

use crate::http as http_edge;
use crate::pipeline::RawParams;

/// Names and values of an authorization request, unless it is refused.
#[must_use]
pub fn parameters(encoded: &str) -> Option<Vec<(String, String)>> {
    let raw = RawParams::parse(encoded).ok()?;
    Some(raw.store())
}

/// The session cookie and the browser's, out of some `Cookie` headers. A line that no header can be is left out.
#[must_use]
pub fn cookies(lines: &[&[u8]]) -> [Option<String>; 2] {
    let mut parts = Request::new(()).into_parts().0;
    for value in lines
        .iter()
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
    {
        parts.headers.append(COOKIE, value);
    }
    let browser = http_edge::read_browser(&parts, &[]);
    [browser.session_token(), browser.browser_token()].map(|value| value.map(str::to_owned))
}
