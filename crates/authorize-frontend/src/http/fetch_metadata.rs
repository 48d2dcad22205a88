//! The origin of a request, and the use of its response (W3C Fetch Metadata). Only browsers send these headers.

use http::HeaderMap;
use http::header::ORIGIN;

use crate::error::ShownError;
use crate::issuer::Issuer;

/// Checks an authorization request, which must be a page, or a frame for silent authentication. Only hostile pages
/// send it as an image, a script or a `fetch`.
pub(super) fn check_page_or_frame(headers: &HeaderMap) -> Result<(), ShownError> {
    check(
        headers,
        &["document", "iframe", "frame"],
        "An authorization request must be opened as a page or frame",
    )
}

/// Checks that a request is a page: an image, script or frame on a hostile page must not sign a user out.
pub(super) fn check_page(headers: &HeaderMap) -> Result<(), ShownError> {
    check_opened_as_page(
        headers,
        "A logout must be opened as a page, not loaded by one",
    )
}

/// Checks that a request is a page that its user has opened: a hostile page must not use the user's session unnoticed.
pub(super) fn check_opened_as_page(
    headers: &HeaderMap,
    description: &'static str,
) -> Result<(), ShownError> {
    // mutant: logout-in-frames
    check(headers, &["document"], description)
}

/// Whether the request is for a page, and comes from a page of ours, directly or through redirects of ours.
pub(super) fn follows_own_page(headers: &HeaderMap) -> bool {
    let has = |name, value| headers.get(name).is_some_and(|it| it == value);
    has("sec-fetch-site", "same-origin") && has("sec-fetch-dest", "document")
}

/// Whether a page of another origin has sent a form.
///
/// `Origin: null` alone has no meaning: browsers send it for pages with `Referrer-Policy: no-referrer`, such as ours,
/// and for sandboxed frames of other sites (Fetch, "append a request `Origin` header"). `Sec-Fetch-Site` differs
/// between these two; without it, only the anti-CSRF value decides.
pub(super) fn is_from_elsewhere(headers: &HeaderMap, issuer: &Issuer) -> bool {
    let own = issuer.as_str().trim_end_matches('/');
    let mut origins = headers.get_all(ORIGIN).iter();
    let mut sites = headers.get_all("sec-fetch-site").iter();
    // `none`: the user caused it, for example by reloading the page.
    // mutant: origin-header-not-checked
    origins.any(|origin| origin != own && origin != "null")
        // mutant: sec-fetch-site-not-checked
        || sites.any(|site| site != "same-origin" && site != "none")
}

fn check(
    headers: &HeaderMap,
    allowed: &[&str],
    description: &'static str,
) -> Result<(), ShownError> {
    match headers.get("sec-fetch-dest") {
        // mutant: images-and-scripts-answered
        Some(destination) if !allowed.iter().any(|it| destination == it) => {
            Err(ShownError::invalid_request(description))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn sec_073_forms_of_other_origins() {
        const OWN: &str = "https://auth.example.com";
        let issuer = Issuer::parse(OWN).unwrap();
        let (origin, site) = ("origin", "sec-fetch-site");
        for (pairs, expected) in [
            (vec![], false),
            (vec![(origin, OWN)], false),
            (vec![(origin, "null")], false),
            (vec![(site, "same-origin")], false),
            (vec![(site, "none")], false),
            (vec![(origin, "null"), (site, "same-origin")], false),
            (vec![(origin, "null"), (site, "cross-site")], true),
            (vec![(origin, "null"), (site, "same-site")], true),
            (vec![(origin, OWN), (site, "cross-site")], true),
            (vec![(site, "cross-site")], true),
            (vec![(site, "same-site")], true),
            (vec![(origin, "http://auth.example.com")], true),
            (vec![(origin, "https://auth.example.com:8443")], true),
            (vec![(origin, "https://auth.example.com.evil.test")], true),
            (vec![(origin, "https://evil.test")], true),
            (
                vec![(origin, "https://evil.test"), (site, "same-origin")],
                true,
            ),
            (vec![(origin, OWN), (origin, "https://evil.test")], true),
            (vec![(origin, "")], true),
        ] {
            let headers = headers(&pairs);
            assert_eq!(is_from_elsewhere(&headers, &issuer), expected, "{pairs:?}");
        }
    }

    #[test]
    fn pages_that_follow_one_of_ours() {
        let (site, destination) = ("sec-fetch-site", "sec-fetch-dest");
        for (pairs, expected) in [
            (vec![(site, "same-origin"), (destination, "document")], true),
            (vec![(site, "same-origin"), (destination, "iframe")], false),
            (vec![(site, "cross-site"), (destination, "document")], false),
            (vec![(site, "none"), (destination, "document")], false),
            (vec![], false),
        ] {
            assert_eq!(follows_own_page(&headers(&pairs)), expected, "{pairs:?}");
        }
    }

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
            let destinations = destination.map(|it| ("sec-fetch-dest", it));
            let headers = headers(destinations.as_slice());
            let accepted = (
                check_page_or_frame(&headers).is_ok(),
                check_page(&headers).is_ok(),
            );
            assert_eq!(accepted, (authorize, logout), "{destination:?}");
        }
    }
}
