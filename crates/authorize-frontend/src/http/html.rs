//! HTML answers and the headers that protect them.

use std::collections::BTreeSet;
use std::fmt::Display;

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::redirect_uri::MatchedRedirectUri;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use url::Url;

/// Who may show a page in a frame.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Framing<'a> {
    /// No site.
    #[default]
    Forbidden,
    /// This origin.
    Only(&'a str),
}

/// The content security policy of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Policy<'a> {
    /// The nonce of the page's only script; `None` without a script.
    pub(super) script_nonce: Option<&'a str>,
    /// Where forms may lead, redirects included; empty: there is no form.
    pub(super) form_action: &'a str,
    /// Logos from elsewhere; `None` has none.
    pub(super) logo_urls: &'a [Option<&'a str>],
    /// Who may frame it.
    pub(super) framing: Framing<'a>,
    /// True: never part of a sign-in, so no other page may keep a reference to its window.
    pub(super) isolated: bool,
}

impl Policy<'_> {
    fn content_security_policy(&self) -> String {
        let script = self
            .script_nonce
            .map(|nonce| format!("script-src 'nonce-{nonce}'; "));
        let logos = self.logo_urls.iter().flatten();
        // Sorted and without repeats.
        let logos: BTreeSet<_> = logos.filter_map(|url| origin(url)).collect();
        let images: Vec<_> = ["'self'".to_owned()].into_iter().chain(logos).collect();
        let form_action = if self.form_action.is_empty() {
            "'none'"
        } else {
            self.form_action
        };
        let frame_ancestors = match self.framing {
            // mutant: every-frame-ancestor-allowed
            Framing::Forbidden => "'none'",
            // mutant: web-message-in-every-frame
            Framing::Only(origin) => origin,
        };
        format!(
            "default-src 'none'; {}style-src 'self'; img-src {}; form-action {form_action}; \
             base-uri 'none'; object-src 'none'; frame-ancestors {frame_ancestors}",
            script.unwrap_or_default(),
            images.join(" "),
        )
    }
}

/// A page with its headers; the status is for the caller to add.
pub(super) fn html(page: &impl Display, policy: &Policy<'_>) -> Response {
    let fixed = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        // mutant: pages-cached
        (CACHE_CONTROL, "no-store"),
        // mutant: referrer-of-pages-sent
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = (fixed, page.to_string()).into_response();
    let headers = response.headers_mut();
    // Origins and nonces are ASCII; should one ever not be, the strictest policy stands in.
    // mutant: inline-styles-allowed
    let csp = HeaderValue::try_from(policy.content_security_policy()).unwrap_or(
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    // mutant: no-content-security-policy, pages-readable-by-every-origin
    headers.insert(CONTENT_SECURITY_POLICY, csp);
    // mutant: x-frame-options-missing
    if matches!(policy.framing, Framing::Forbidden) {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    // mutant: no-opener-policy, opener-policy-on-every-page
    if policy.isolated {
        let opener = HeaderName::from_static("cross-origin-opener-policy");
        headers.insert(opener, HeaderValue::from_static("same-origin"));
    }
    response
}

/// The callback as a `form-action` source: its origin, or no more than its scheme where no source can say more: for a
/// native application's own scheme, for an IPv6 address, and for a host with characters that a policy gives a meaning.
pub(super) fn callback_source(uri: &MatchedRedirectUri) -> String {
    target_source(uri.as_str())
}

/// Like [`callback_source`], for other targets of a form.
pub(super) fn target_source(url: &str) -> String {
    origin(url).unwrap_or_else(|| {
        let scheme = url.split(':').next().unwrap_or_default();
        format!("{scheme}:")
    })
}

/// The origin of a web page, as a source of a policy; `None` for one that no source can name. A host may have `;` and
/// `,`, which would begin a new directive or a new policy.
fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let origin = is_web.then(|| url.origin().ascii_serialization())?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:/-".contains(&byte);
    origin.bytes().all(is_plain).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_061_nothing_is_allowed_that_is_not_named() {
        let policy = Policy::default().content_security_policy();
        assert_eq!(
            policy,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; \
             base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        );
    }

    #[test]
    fn a_form_may_end_at_the_callback() {
        use doorward_oauth2_types::redirect_uri::{RegisteredUri, only_registered};
        for (callback, source) in [
            ("https://app.test/cb?x=1", "https://app.test"),
            ("http://127.0.0.1:4000/cb", "http://127.0.0.1:4000"),
            ("http://[::1]:4000/cb", "http:"),
            ("https://a.test;sandbox/cb", "https:"),
            ("com.example.app:/cb", "com.example.app:"),
        ] {
            let uri = only_registered([&RegisteredUri::parse(callback).unwrap()]).unwrap();
            assert_eq!(callback_source(&uri), source);
        }
    }

    #[test]
    fn a_logo_allows_its_origin_only() {
        let policy = Policy {
            logo_urls: &[
                Some("https://img.test/a"),
                Some("https://cdn.test/logo.png"),
                None,
                Some("https://img.test/b"),
                Some("no url"),
                Some("https://a.test;script-src/a"),
                Some("https://a.test,sandbox/a"),
                Some("https://[::1]/a"),
                Some("data:image/png,a"),
            ],
            ..Policy::default()
        };
        assert!(
            policy
                .content_security_policy()
                .contains("img-src 'self' https://cdn.test https://img.test;")
        );
    }
}
