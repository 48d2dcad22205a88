//! One test for each case of the security contract that comparison alone decides, then what lies between them.

mod callbacks;
mod exceptions;
mod logout_urls;
mod origins;
mod properties;
mod registration;

use super::*;

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

/// What comes back is what was sent, in the letter case that [`assert_matches_as`] is about.
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
