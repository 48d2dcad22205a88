//! Targets of logouts: `returnTo` of Auth0's `/v2/logout`, and the `post_logout_redirect_uri` of OpenID Connect.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::raw_uri::RawUri;
use super::{MatchContext, RegisteredUri, matched_text};

/// Characters that a header line or a URL cannot hold. Everything outside ASCII is encoded too.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\');

/// A registered logout URL; as a `returnTo`, with the query and fragment of the request. Only [`match_logout_url`] and
/// [`match_post_logout_redirect_uri`] make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedLogoutUrl(String);

impl MatchedLogoutUrl {
    /// The text for `Location`. Printable ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MatchedLogoutUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Compares a requested URL, decoded once, with the allowed logout URLs.
///
/// Ignores query and fragment of both, and keeps those of the request; invalid characters in them are percent-encoded.
/// `*` is a wildcard, as in redirection URIs. An entry with `{organization_name}` matches nothing, because a logout
/// has no organization.
#[must_use]
pub fn match_logout_url<'a>(
    requested: &str,
    registered: impl IntoIterator<Item = &'a RegisteredUri>,
) -> Option<MatchedLogoutUrl> {
    let end = requested.find(['?', '#']).unwrap_or(requested.len());
    let (target, extra) = requested.split_at(end);
    let uri = RawUri::split(target)?;
    registered
        .into_iter()
        .any(|entry| allows(entry, &uri))
        .then(|| MatchedLogoutUrl(format!("{target}{}", utf8_percent_encode(extra, UNSAFE))))
}

/// Compares a requested URI, decoded once, with the allowed logout URLs, including the query, as required by
/// [RP-Initiated Logout §2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).
///
/// No registration has a fragment, so a URI with one matches nothing. `*` and `{organization_name}` as in
/// [`match_logout_url`].
#[must_use]
pub fn match_post_logout_redirect_uri<'a>(
    requested: &str,
    registered: impl IntoIterator<Item = &'a RegisteredUri>,
) -> Option<MatchedLogoutUrl> {
    let requested = RawUri::split(requested)?;
    registered.into_iter().find_map(|entry| {
        matched_text(entry, &requested, MatchContext::default()).map(MatchedLogoutUrl)
    })
}

fn allows(entry: &RegisteredUri, target: &RawUri<'_>) -> bool {
    let own = entry.pieces();
    if !target.same_scheme(&own) || target.rest != own.path() {
        return false;
    }
    match entry.pattern() {
        // The path equals the registered one, so a browser could only read the host differently.
        Some(pattern) => pattern.stands_for(target, None) && target.has_canonical_origin(),
        // mutant: host-of-logout-url-not-compared
        None => target.same_authority(&own),
    }
}
