//! The end of a form of ours: a page of ours, which goes on to the application by itself.
//!
//! `form-action` in the policy of a page with a form applies to every redirect after the submit, those of the
//! application included (Chromium; by reports Safari, not Firefox), and no list of their origins can be complete. A
//! page that goes on by itself starts a navigation of its own, to which no form's policy applies.
//!
//! A callback with its own scheme gets the redirect: no further hop can follow, and browsers may ask for a recent click
//! before they hand an address to a program.

use axum::response::Response;
use http::header::{LOCATION, SET_COOKIE};

use super::html::{Policy, html};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::views::Onward;

/// Replaces a redirect to an application by the page, if the request follows a page of ours. Programs that send no
/// Fetch Metadata apply no policy either, and get the redirect.
pub(super) async fn end_forms_here(
    response: Response,
    follows_own_page: bool,
    browser: &Browser,
    deps: &Deps,
) -> Response {
    // mutant: form-redirects-to-application
    if !follows_own_page {
        return response;
    }
    let Some(url) = leaves_for(&response).map(str::to_owned) else {
        return response;
    };
    let mut page = Box::pin(page(&url, browser, deps)).await;
    for cookie in response.headers().get_all(SET_COOKIE) {
        page.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    page
}

/// The web address that a redirect leads to; those to pages of ours are relative.
fn leaves_for(response: &Response) -> Option<&str> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let (scheme, _) = location.split_once("://")?;
    let is_web = ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    is_web.then_some(location)
}

async fn page(url: &str, browser: &Browser, deps: &Deps) -> Response {
    // The page must also come when the registry is what has failed.
    let tenant = deps.backends.registry.tenant().await.ok();
    let tenant = tenant.as_deref().cloned().unwrap_or_default();
    let view = Onward {
        language: browser.language(None, &tenant),
        url,
    };
    html(&view, &Policy::default())
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use http::StatusCode;

    use super::*;

    #[test]
    fn redirects_that_leave() {
        for (status, location, expected) in [
            (302, "https://app.test/cb#a=b", true),
            (303, "HTTP://app.test", true),
            (302, "/u/login/identifier?state=https://app.test", false),
            (302, "com.example.app:/cb", false),
            (302, "com.example.app://cb", false),
            (200, "https://app.test/cb", false),
        ] {
            let mut response = ([(LOCATION, location)], "").into_response();
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            let expected = expected.then_some(location);
            assert_eq!(leaves_for(&response), expected, "{status} {location}");
        }
    }
}
