//! What the browser is going to do with the answer (W3C Fetch Metadata). Other programs do not say.

use http::HeaderMap;

use crate::error::ShownError;

/// An authorization request is a page, or a frame for silent authentication. As an image, a script or a `fetch` it is
/// the doing of a hostile page.
pub(super) fn check_page_or_frame(headers: &HeaderMap) -> Result<(), ShownError> {
    check(
        headers,
        &["document", "iframe", "frame"],
        "An authorization request must be opened as a page or frame",
    )
}

/// An image, script or frame on a hostile page must not sign anybody out.
pub(super) fn check_page(headers: &HeaderMap) -> Result<(), ShownError> {
    check_opened_as_page(
        headers,
        "A logout must be opened as a page, not loaded by one",
    )
}

/// Nor may it use a session of which its user knows nothing.
pub(super) fn check_opened_as_page(
    headers: &HeaderMap,
    description: &'static str,
) -> Result<(), ShownError> {
    check(headers, &["document"], description)
}

fn check(
    headers: &HeaderMap,
    allowed: &[&str],
    description: &'static str,
) -> Result<(), ShownError> {
    match headers.get("sec-fetch-dest") {
        Some(destination) if !allowed.iter().any(|it| destination == it) => {
            Err(ShownError::invalid_request(description))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_071_destinations() {
        let cases = [
            (None, true, true),
            (Some("document"), true, true),
            (Some("iframe"), true, false),
            (Some("image"), false, false),
            (Some("script"), false, false),
            (Some("empty"), false, false),
        ];
        for (destination, authorize, logout) in cases {
            let mut headers = HeaderMap::new();
            if let Some(destination) = destination {
                headers.insert("sec-fetch-dest", destination.parse().unwrap());
            }
            let accepted = (
                check_page_or_frame(&headers).is_ok(),
                check_page(&headers).is_ok(),
            );
            assert_eq!(accepted, (authorize, logout), "{destination:?}");
        }
    }
}
