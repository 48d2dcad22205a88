//! One test for each case of the security contract that comparison alone decides, then what lies between them.

mod callbacks;
mod exceptions;
mod logout_urls;
mod origins;
mod properties;
mod registration;

use super::*;

// The tests register texts, as clients do; one that does not parse matches nothing.

fn parsed(registered: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<RegisteredUri> {
    let parsed = registered
        .into_iter()
        .filter_map(|text| RegisteredUri::parse(text.as_ref()).ok());
    parsed.collect()
}

fn match_redirect_uri(
    requested: &str,
    registered: impl IntoIterator<Item = impl AsRef<str>>,
    context: MatchContext<'_>,
) -> Option<MatchedRedirectUri> {
    super::match_redirect_uri(requested, &parsed(registered), context)
}

fn only_registered(
    registered: impl IntoIterator<Item = impl AsRef<str>>,
) -> Option<MatchedRedirectUri> {
    super::only_registered(&parsed(registered))
}

fn match_logout_url(
    requested: &str,
    registered: impl IntoIterator<Item = impl AsRef<str>>,
) -> Option<MatchedLogoutUrl> {
    super::match_logout_url(requested, &parsed(registered))
}

fn match_post_logout_redirect_uri(
    requested: &str,
    registered: impl IntoIterator<Item = impl AsRef<str>>,
) -> Option<MatchedLogoutUrl> {
    super::match_post_logout_redirect_uri(requested, &parsed(registered))
}

fn origin_matches(origin: &str, entries: impl IntoIterator<Item = impl AsRef<str>>) -> bool {
    let entries = entries
        .into_iter()
        .filter_map(|entry| RegisteredOrigin::parse(entry.as_ref()).ok());
    super::origin_matches(origin, &entries.collect::<Vec<_>>())
}

const SPA1: [&str; 2] = [
    "https://app.example.test/cb",
    "https://app.example.test/cb2",
];
const SPA2: [&str; 1] = ["https://*.preview.example.test/cb"];
const SPA3: [&str; 1] = ["https://{organization_name}.tenant.example.test/cb"];
const NATIVE: [&str; 2] = ["http://127.0.0.1/cb", "http://[::1]/cb"];

const WEB_CLIENT: MatchContext<'_> = MatchContext {
    native: false,
    organization_name: None,
};
const NATIVE_CLIENT: MatchContext<'_> = MatchContext {
    native: true,
    organization_name: None,
};

fn for_organization(name: &str) -> MatchContext<'_> {
    MatchContext {
        native: false,
        organization_name: Some(name),
    }
}

/// The result is the requested URI, with the letter case as in [`assert_matches_as`].
fn assert_matches(requested: &str, registered: &[&str], context: MatchContext<'_>) {
    assert_matches_as(requested, requested, registered, context);
}

fn assert_matches_as(
    requested: &str,
    expected: &str,
    registered: &[&str],
    context: MatchContext<'_>,
) {
    let matched = match_redirect_uri(requested, registered, context);
    let matched = matched.as_ref().map(MatchedRedirectUri::as_str);
    assert_eq!(matched, Some(expected), "{registered:?} {context:?}");
}

fn assert_refused(requested: &str, registered: &[&str], context: MatchContext<'_>) {
    let matched = match_redirect_uri(requested, registered, context);
    assert_eq!(matched, None, "{requested} {registered:?} {context:?}");
}

fn assert_all_refused(requested: &[&str], registered: &[&str], context: MatchContext<'_>) {
    for requested in requested {
        assert_refused(requested, registered, context);
    }
}
